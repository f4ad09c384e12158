// Package job runs what nobody waits for, on River, a queue inside the same database: a job is inserted in the transaction of its cause and exists
// exactly when the cause does. It works as tnm_worker, in any number of processes.
//
// For now there are tasks only: housekeeping that comes round. One process at a time is the leader and queues them; any may run them. A task may be
// run twice or be cut off in the middle, so it must be idempotent and commit as it goes. Arguments of jobs hold names of tasks, ids and dates, never a
// word about a person.
package job
