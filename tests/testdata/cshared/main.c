// A C program with a Go library: main LIBRARY WAY DISPOSITION, the disposition of SIGPIPE:
//	default: the default action, set after the library was loaded: it ends the program
//	handler: a handler, installed before the library was loaded, counts it
//	pending: blocked; one that the program raised is pending, and must stay so

#define _GNU_SOURCE 1

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t handled;

static void handle(int signal)
{
	(void)signal;
	handled++;
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	const char *disposition = argv[3];
	const int pending = strcmp(disposition, "pending") == 0;
	if (strcmp(disposition, "handler") == 0)
		signal(SIGPIPE, handle);
	void *library = dlopen(argv[1], RTLD_NOW);
	int (*send_to_closed)(int) = library ? (int (*)(int))dlsym(library, "send_to_closed") : NULL;
	if (send_to_closed == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return 2;
	}
	if (strcmp(disposition, "default") == 0)
		signal(SIGPIPE, SIG_DFL);
	sigset_t set;
	if (pending) {
		sigemptyset(&set);
		sigaddset(&set, SIGPIPE);
		sigprocmask(SIG_BLOCK, &set, NULL);
		raise(SIGPIPE);
	}
	int err = send_to_closed(atoi(argv[2]));
	if (err != EPIPE) {
		fprintf(stderr, "errno %d, want EPIPE\n", err);
		return 1;
	}
	if (handled) {
		fprintf(stderr, "the program's handler has run\n");
		return 3;
	}
	sigpending(&set);
	if (sigismember(&set, SIGPIPE) != pending) {
		fprintf(stderr, "SIGPIPE pending: %d\n", !pending);
		return 1;
	}
	sigprocmask(SIG_BLOCK, NULL, &set);
	if (sigismember(&set, SIGPIPE) != pending) {
		fprintf(stderr, "SIGPIPE blocked: %d\n", !pending);
		return 1;
	}
	puts("alive");
	fflush(stdout);
	_Exit(0);
}
