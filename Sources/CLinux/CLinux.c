#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int clinux_accept(int listener, struct sockaddr_storage *address, socklen_t *length) {
    return accept4(listener, (struct sockaddr *)address, length, SOCK_CLOEXEC);
}

int clinux_become_subreaper(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

// Runs in the child, where only async-signal-safe calls are allowed. Returns only on failure.
static void become(const struct clinux_child *child, pid_t parent) {
    setpgid(0, 0);
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (child->death_signal != 0) {
        prctl(PR_SET_PDEATHSIG, child->death_signal, 0, 0, 0);
        if (getppid() != parent) {
            _exit(127);
        }
    }
    int nothing = open("/dev/null", O_RDWR);
    // Copy first, so that no descriptor is overwritten before its use.
    int output = fcntl(child->output, F_DUPFD, 3);
    int errors = fcntl(child->errors, F_DUPFD, 3);
    if (nothing < 0 || output < 0 || errors < 0 || dup2(nothing, 0) < 0 || dup2(output, 1) < 0 ||
        dup2(errors, 2) < 0) {
        return;
    }
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    execve(child->path, child->arguments, child->environment);
}

pid_t clinux_spawn(const struct clinux_child *child) {
    int failure[2];
    if (pipe2(failure, O_CLOEXEC) != 0) {
        return -1;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        // A number above the standard descriptors, where it does not interfere.
        int report = fcntl(failure[1], F_DUPFD_CLOEXEC, 64);
        become(child, parent);
        int code = errno;
        ssize_t ignored = write(report, &code, sizeof code);
        (void)ignored;
        _exit(127);
    }
    int code = errno;
    close(failure[1]);
    if (pid > 0) {
        // If the program starts, exec closes the pipe and the read returns nothing.
        if (read(failure[0], &code, sizeof code) == sizeof code) {
            waitpid(pid, NULL, 0);
            pid = -1;
        }
    }
    close(failure[0]);
    errno = code;
    return pid;
}

static volatile sig_atomic_t held[NSIG];

static void hold(int number) {
    held[number] = 1;
}

int clinux_holding_signals(const int *numbers, int count, int (*body)(void)) {
    struct sigaction before[NSIG];
    struct sigaction holding = {.sa_handler = hold, .sa_flags = SA_RESTART};
    sigemptyset(&holding.sa_mask);
    for (int index = 0; index < count; index++) {
        sigaction(numbers[index], &holding, &before[numbers[index]]);
    }
    int result = body();
    for (int index = 0; index < count; index++) {
        int number = numbers[index];
        sigaction(number, &before[number], NULL);
        if (held[number]) {
            held[number] = 0;
            kill(getpid(), number);
        }
    }
    return result;
}

int clinux_memory_file(const char *name) {
    return memfd_create(name, MFD_CLOEXEC);
}

int clinux_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags, mode);
}

void clinux_return_memory(void)
{
    // glibc raises this threshold itself, up to 32 MiB: the memory of one large response then stays in a heap for
    // good.
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    mallopt(M_ARENA_MAX, 2);
}
