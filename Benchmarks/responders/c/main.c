// The peer in C: libfcgi in its usual idiom, a number of threads that each wait in FCGX_Accept_r.
//
//   c-threads SOCKET THREADS
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int listener;

static void *serve(void *unused) {
    FCGX_Request request;
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) >= 0) {
        FCGX_PutS("Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: 75\r\n\r\n"
                  "{\"status\":\"OK\",\"URI\":\"https://pictures.example/2026/11/24/0123456789.jpg\"}\n",
                  request.out);
        FCGX_Finish_r(&request);
    }
    return unused;
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: c-threads SOCKET THREADS\n");
        return 64;
    }
    FCGX_Init();
    listener = FCGX_OpenSocket(arguments[1], 4096);
    chmod(arguments[1], 0666);
    int threads = atoi(arguments[2]);
    for (int i = 1; i < threads; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, serve, NULL);
    }
    serve(NULL);
}
