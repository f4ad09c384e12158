// Package embedded runs a private PostgreSQL server as a child of this program, for the demo and
// for tests.
//
// The binaries come from PATH, then from the distribution's folders, then from a cached download;
// version 15 or newer. The server listens on a free port of 127.0.0.1 only and asks for a random
// password, so that other people on the same machine cannot enter. What it keeps in its folder:
//
//	DIR/lock            held (flock) for as long as the server runs; dropped with the process
//	DIR/postgres.json   the passwords, mode 0600
//	DIR/postgres.log    what the server said since its last start
//	DIR/postgres/data   the cluster
//
// PostgreSQL refuses to run as root. Started by root, the server runs as the account "postgres",
// else "nobody", and only DIR/postgres is given to that account. Where the account cannot reach DIR
// (below /root, say) the cluster stands in /var/lib/tonarimachi/<hash of DIR> instead, and
// DIR/cluster is a link that says so.
//
// The lock makes the folder one program's. Whoever holds it may therefore end a server that a
// killed predecessor left behind in that folder. On Linux there rarely is one: the kernel tells the
// server to shut down when this program dies.
package embedded
