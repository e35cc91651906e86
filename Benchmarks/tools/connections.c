// A FastCGI client for the benchmarks: opens kept-alive connections, asks once on each, and holds them; or asks again
// and again on one.
//
//   connections SOCKET hold COUNT      opens COUNT, prints "ready", holds them until standard input ends
//   connections SOCKET ask COUNT       asks COUNT times on one connection
#include <fastcgi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *parameters[][2] = {
    {"REQUEST_METHOD", "GET"}, {"REQUEST_URI", "/latest"}, {"SCRIPT_NAME", ""}, {"PATH_INFO", "/latest"},
    {"QUERY_STRING", ""}, {"SERVER_PROTOCOL", "HTTP/1.1"}, {"SERVER_NAME", "localhost"}, {"SERVER_PORT", "80"},
    {"REMOTE_ADDR", "127.0.0.1"}, {"REMOTE_PORT", "40000"}, {"HTTP_HOST", "localhost"}, {"HTTP_ACCEPT", "*/*"},
    {"HTTP_USER_AGENT", "connections"},
};

static unsigned char request[2048];
static size_t length;

static void header(int type, size_t content) {
    unsigned char bytes[] = {FCGI_VERSION_1, type, 0, 1, content >> 8, content & 255, 0, 0};
    memcpy(request + length, bytes, sizeof bytes);
    length += sizeof bytes;
}

static void make_request(void) {
    header(FCGI_BEGIN_REQUEST, 8);
    unsigned char begin[] = {0, FCGI_RESPONDER, FCGI_KEEP_CONN, 0, 0, 0, 0, 0};
    memcpy(request + length, begin, sizeof begin);
    length += sizeof begin;
    unsigned char pairs[1024];
    size_t count = 0;
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        pairs[count++] = strlen(parameters[i][0]);
        pairs[count++] = strlen(parameters[i][1]);
        for (int part = 0; part < 2; part++) {
            memcpy(pairs + count, parameters[i][part], strlen(parameters[i][part]));
            count += strlen(parameters[i][part]);
        }
    }
    header(FCGI_PARAMS, count);
    memcpy(request + length, pairs, count);
    length += count;
    header(FCGI_PARAMS, 0);
    header(FCGI_STDIN, 0);
}

static int open_connection(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int connection = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("connections");
        exit(1);
    }
    return connection;
}

static void receive(int connection, void *bytes, size_t count) {
    if (recv(connection, bytes, count, MSG_WAITALL) != (ssize_t)count) {
        perror("connections: answer");
        exit(1);
    }
}

static void ask(int connection) {
    if (write(connection, request, length) != (ssize_t)length) {
        perror("connections: request");
        exit(1);
    }
    unsigned char head[8], content[65535 + 255];
    do {
        receive(connection, head, sizeof head);
        receive(connection, content, ((size_t)head[4] << 8) + head[5] + head[6]);
    } while (head[1] != FCGI_END_REQUEST);
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: connections SOCKET hold|ask COUNT\n");
        return 64;
    }
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    make_request();
    int number = atoi(arguments[3]);
    if (strcmp(arguments[2], "ask") == 0) {
        int connection = open_connection(arguments[1]);
        for (int i = 0; i < number; i++) {
            ask(connection);
        }
        return 0;
    }
    for (int i = 0; i < number; i++) {
        ask(open_connection(arguments[1]));
    }
    puts("ready");
    fflush(stdout);
    while (getchar() != EOF) {
    }
}
