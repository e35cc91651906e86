// The peer without a proxy: a service in Go that is asked over HTTP directly, with gorilla/mux and encoding/json in
// their usual idiom, and the routes of the original contract.
//
//	go-http HOST:PORT FILE
//
// FILE holds the addresses of the pictures, a line each, the newest first.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/gorilla/mux"
)

type envelope struct {
	Status string `json:"status"`
	URI    string
}

// gallery is what a crawler would replace while readers ask.
type gallery struct {
	sync.RWMutex
	pictures []string
}

func (g *gallery) picture(n int) (string, bool) {
	g.RLock()
	defer g.RUnlock()
	if n < 0 || n >= len(g.pictures) {
		return "", false
	}
	return g.pictures[n], true
}

func answer(w http.ResponseWriter, code int, e envelope) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(e)
}

func (g *gallery) latest(w http.ResponseWriter, r *http.Request) {
	n := 0
	if text, given := mux.Vars(r)["n"]; given {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			n = -1
		}
	}
	picture, found := g.picture(n)
	if !found {
		code := http.StatusRequestedRangeNotSatisfiable
		answer(w, code, envelope{Status: "NOT - OK: 416 " + http.StatusText(code)})
		return
	}
	answer(w, http.StatusOK, envelope{Status: "OK", URI: picture})
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: go-http HOST:PORT FILE")
	}
	lines, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	g := &gallery{pictures: strings.Fields(string(lines))}
	ok := func(w http.ResponseWriter, r *http.Request) { answer(w, http.StatusOK, envelope{Status: "OK"}) }
	router := mux.NewRouter()
	router.HandleFunc("/", ok).Methods("GET", "HEAD")
	router.HandleFunc("/status", ok).Methods("GET", "HEAD")
	router.HandleFunc("/latest", g.latest).Methods("GET", "HEAD")
	router.HandleFunc("/latest/{n}", g.latest).Methods("GET", "HEAD")
	router.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusNotFound, envelope{Status: "NOT - OK: 404"})
	})
	log.Fatal(http.ListenAndServe(os.Args[1], router))
}
