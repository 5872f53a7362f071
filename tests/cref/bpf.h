// eBPF programs: the descriptor of the loaded program, or minus errno.
int bpf_return(int value);
int bpf_length(void);
