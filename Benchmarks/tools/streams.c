// An HTTP client for what streams of events cost: opens thousands of them and says how long a new post takes to reach
// all, or asks for one path at a steady rate and says how long that takes.
//
//   streams hold PORT PATH COUNT           opens COUNT streams, prints "ready", then a line for each event that has
//                                          reached all of them; until standard input ends
//   streams ask PORT PATH RATE SECONDS     asks RATE times a second on one connection, prints percentiles
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most_events = 4096 };
static const char wanted[] = "event: post\n";

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static void fail(const char *what) {
    fprintf(stderr, "streams: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_connection(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return connection;
}

static void ask(int connection, const char *path) {
    char request[512];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    if (write(connection, request, length) != length) fail("write");
}

// A stream: how much of `wanted` the last bytes matched, and how many events it has told of.
struct stream {
    int connection, matched, events, answered;
};

static struct event {
    double first;
    int reached;
} events[most_events];

static void take(struct stream *stream, const char *bytes, ssize_t length, int count) {
    for (ssize_t i = 0; i < length; i++) {
        stream->matched = bytes[i] == wanted[stream->matched] ? stream->matched + 1 : bytes[i] == wanted[0];
        if (wanted[stream->matched] != 0) continue;
        stream->matched = 0;
        struct event *event = &events[stream->events++ % most_events];
        double time = now();
        if (event->reached++ == 0) event->first = time;
        if (event->reached < count) continue;
        printf("event reached %d streams within %.0f ms\n", count, time - event->first);
        fflush(stdout);
        event->reached = 0;
    }
}

static void hold(int port, const char *path, int count) {
    struct stream *streams = calloc(count, sizeof *streams);
    int poller = epoll_create1(0), answered = 0;
    if (streams == NULL || poller < 0) fail("epoll_create1");
    for (int i = 0; i < count; i++) {
        streams[i].connection = open_connection(port);
        fcntl(streams[i].connection, F_SETFL, O_NONBLOCK);
        ask(streams[i].connection, path);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &streams[i]};
        epoll_ctl(poller, EPOLL_CTL_ADD, streams[i].connection, &event);
    }
    struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL}, ready[256];
    epoll_ctl(poller, EPOLL_CTL_ADD, 0, &input);
    char bytes[65536];
    for (;;) {
        int found = epoll_wait(poller, ready, 256, -1);
        for (int i = 0; i < found; i++) {
            struct stream *stream = ready[i].data.ptr;
            if (stream == NULL) return;
            ssize_t length = read(stream->connection, bytes, sizeof bytes);
            if (length < 0 && errno == EAGAIN) continue;
            if (length <= 0) {
                fprintf(stderr, "streams: a stream ended\n");
                exit(1);
            }
            if (!stream->answered) {
                if (length < 15 || memcmp(bytes, "HTTP/1.1 200 OK", 15) != 0) {
                    fprintf(stderr, "streams: refused: %.*s\n", (int)(length < 40 ? length : 40), bytes);
                    exit(1);
                }
                stream->answered = 1;
                if (++answered == count) {
                    puts("ready");
                    fflush(stdout);
                }
            }
            take(stream, bytes, length, count);
        }
    }
}

static int ascending(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

static void measure(int port, const char *path, double rate, double seconds) {
    int connection = open_connection(port), count = rate * seconds;
    double *times = calloc(count, sizeof *times), start = now();
    char bytes[65536];
    for (int i = 0; i < count; i++) {
        // What comes late because an answer was late counts as late.
        double due = start + i * 1e3 / rate, rest = due - now();
        if (rest > 0) nanosleep(&(struct timespec){.tv_sec = rest / 1e3, .tv_nsec = (long)(rest * 1e6) % 1000000000}, NULL);
        double asked = rest > 0 ? now() : due;
        ask(connection, path);
        if (read(connection, bytes, sizeof bytes) < 15 || memcmp(bytes, "HTTP/1.1 200 OK", 15) != 0) fail("answer");
        times[i] = now() - asked;
        // nginx closes a connection after 1,000 requests.
        if (i % 500 == 499) {
            close(connection);
            connection = open_connection(port);
        }
    }
    qsort(times, count, sizeof *times, ascending);
    printf("%d requests, p50 %.2f ms, p99 %.2f ms, worst %.2f ms\n", count, times[count / 2], times[count * 99 / 100],
           times[count - 1]);
}

int main(int count, char **arguments) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (count == 5 && strcmp(arguments[1], "hold") == 0) {
        hold(atoi(arguments[2]), arguments[3], atoi(arguments[4]));
    } else if (count == 6 && strcmp(arguments[1], "ask") == 0) {
        measure(atoi(arguments[2]), arguments[3], atof(arguments[4]), atof(arguments[5]));
    } else {
        fprintf(stderr, "usage: streams hold PORT PATH COUNT | streams ask PORT PATH RATE SECONDS\n");
        return 64;
    }
}
