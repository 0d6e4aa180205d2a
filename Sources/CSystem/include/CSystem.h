// Calls of Linux that Swift's Glibc module hides: they need _GNU_SOURCE or are variadic.
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stdint.h>

// Each returns 0 or an errno value.
int csystem_reserve(int fd, int64_t bytes);                          // fallocate, mode 0
int csystem_start_writeback(int fd, int64_t offset, int64_t bytes);  // sync_file_range(SYNC_FILE_RANGE_WRITE)
int csystem_exchange(const char *a, const char *b);                  // renameat2(RENAME_EXCHANGE)
int csystem_rename_new(const char *from, const char *to);            // renameat2(RENAME_NOREPLACE), or rename where there is none

// Gives memory that was freed back to the system.
void csystem_trim_memory(void);

// The process's arguments. Swift reads them from /proc, which a chroot may lack.
int csystem_argument_count(void);
const char *csystem_argument(int index);

// Columns of the terminal behind fd, or 0.
int csystem_terminal_columns(int fd);

// Processors in this process's affinity mask, at least 1.
int csystem_processor_count(void);

// Signals that ask the process to stop (SIGTERM, SIGINT) set a flag; a second SIGINT ends the process with 130.
void csystem_catch_stop_signals(void);
// Until they are caught: such a signal prints and ends the process with 75 or 130. On standard output the head, with a
// tail the seconds since this call and the tail; on standard error the note.
void csystem_end_on_stop_signals(const char *head, const char *tail, const char *note);
// The signal that asked, or 0.
int csystem_stop_signal(void);
// As if the signal had arrived.
void csystem_request_stop(int signal);

#endif
