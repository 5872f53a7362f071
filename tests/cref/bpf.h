// Loads an eBPF socket filter that returns value. Its descriptor, or minus errno.
int bpf_return(int value);
