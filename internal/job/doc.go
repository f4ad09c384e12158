// Package job runs what nobody waits for, on River, a queue inside the same database: a job is
// inserted in the transaction of its cause and exists exactly when the cause does. It works as
// tnm_worker, in any number of processes.
//
// Tasks are housekeeping that comes round: one process at a time is the leader and queues them; any
// may run them. Duties are what a function of the schema asks for in the transaction of the cause,
// for one event. Either may be run twice or be cut off in the middle, so they must be idempotent
// and commit as they go. Arguments of jobs hold names of tasks, ids and dates, never a word about a
// person.
package job
