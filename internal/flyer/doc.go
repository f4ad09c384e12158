// Package flyer renders what is handed out on paper: values in, one HTML page out, whole in itself,
// to be saved, opened and printed.
//
// What stands on it is seen by whoever finds it: the words are neutral, say how to use a code and
// nothing about its holder.
package flyer
