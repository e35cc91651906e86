// Linux headers and functions that Swift's Glibc module does not export: variadic ones, and those that glibc declares
// only for GNU programs. Each returns the result of the call and sets errno like it.
#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/types.h>

/// accept4(2) with SOCK_CLOEXEC.
int clinux_accept(int listener, struct sockaddr_storage *address, socklen_t *length);

/// openat(2); `mode` applies to a new file.
int clinux_openat(int directory, const char *path, int flags, mode_t mode);

/// memfd_create(2) with MFD_CLOEXEC.
int clinux_memory_file(const char *name);

/// Calls a function that installs handlers for signals without one, but keeps it from installing any for these
/// signals. Afterwards each has its previous handler, and a signal that arrived meanwhile is sent again. Returns the
/// function's result. Not thread-safe.
int clinux_holding_signals(const int *numbers, int count, int (*body)(void));

/// Makes this process the new parent of orphaned descendants.
int clinux_become_subreaper(void);

/// Makes malloc(3) return large freed blocks to the system, and limits the number of heaps.
void clinux_return_memory(void);

/// The parameters of a child process.
struct clinux_child {
    const char *path;
    char *const *arguments;
    char *const *environment;
    /// The descriptors that become its standard output and standard error.
    int output;
    int errors;
    /// The signal that the kernel sends to it when the thread that started it ends; 0 for none.
    int death_signal;
};

/// Starts a program in its own process group, with default signal handling, standard input from /dev/null and no
/// other open descriptor. Returns its process ID, or -1 if the program cannot be run.
pid_t clinux_spawn(const struct clinux_child *child);
