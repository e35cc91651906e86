// The peer in Go: net/http/fcgi in its usual idiom, a handler of net/http.
//
//	go-fcgi SOCKET
package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
)

const body = `{"status":"OK","URI":"https://pictures.example/2026/11/24/0123456789.jpg"}` + "\n"

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go-fcgi SOCKET")
	}
	listener, err := net.Listen("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	os.Chmod(os.Args[1], 0o666)
	mux := http.NewServeMux()
	mux.HandleFunc("/latest", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "75")
		io.WriteString(w, body)
	})
	log.Fatal(fcgi.Serve(listener, mux))
}
