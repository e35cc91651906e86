// Linux headers and calls that Swift's Glibc module does not show: variadic ones, and those that glibc
// declares for GNU programs only. Each gives what the call gives, and sets errno like it.
#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/types.h>

/// accept4(2) with SOCK_CLOEXEC.
int clinux_accept(int listener, struct sockaddr_storage *address, socklen_t *length);

/// openat(2), with the mode of a file that is made.
int clinux_openat(int directory, const char *path, int flags, mode_t mode);

/// memfd_create(2) with MFD_CLOEXEC.
int clinux_memory_file(const char *name);

/// Calls a function that installs handlers for signals where there are none, in such a way that it installs none for
/// these: what each does afterwards is what it did before, and one that comes meanwhile is sent again. Gives what the
/// function gives. For one thread at a time.
int clinux_holding_signals(const int *numbers, int count, int (*body)(void));

/// Makes this process the one that orphaned descendants are handed to.
int clinux_become_subreaper(void);

/* Has malloc(3) give large blocks back to the system when they are freed, and keep few heaps. */
void clinux_return_memory(void);

/// What a child process gets.
struct clinux_child {
    const char *path;
    char *const *arguments;
    char *const *environment;
    /// Descriptors that become its standard output and standard error.
    int output;
    int errors;
    /// Sent to it by the kernel when the thread that starts it ends; 0 for none.
    int death_signal;
};

/// Starts a program in a process group of its own, with default signal handling, standard input from /dev/null
/// and no other descriptor open. Gives its id, or -1 when the program cannot be run.
pid_t clinux_spawn(const struct clinux_child *child);
