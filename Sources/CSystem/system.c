#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#if defined(__linux__)
#include <malloc.h>
#include <sys/syscall.h>

void csystem_trim_memory(void) { malloc_trim(0); }

int csystem_reserve(int fd, int64_t bytes) { return fallocate(fd, 0, 0, bytes) == 0 ? 0 : errno; }

int csystem_start_writeback(int fd, int64_t offset, int64_t bytes) {
  return sync_file_range(fd, offset, bytes, SYNC_FILE_RANGE_WRITE) == 0 ? 0 : errno;
}

int csystem_exchange(const char *a, const char *b) {
  return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0 ? 0 : errno;
}

int csystem_processor_count(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  int count = CPU_COUNT(&set);
  return count > 0 ? count : 1;
}
#else
void csystem_trim_memory(void) {}
int csystem_reserve(int fd, int64_t bytes) { return ENOTSUP; }
int csystem_start_writeback(int fd, int64_t offset, int64_t bytes) { return 0; }
int csystem_exchange(const char *a, const char *b) { return ENOTSUP; }
int csystem_processor_count(void) {
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 1;
}
#endif

// The loader hands these to constructors, as glibc and Apple's do.
static int argument_count;
static char **arguments;

__attribute__((constructor)) static void keep_arguments(int argc, char **argv) {
  argument_count = argc;
  arguments = argv;
}

int csystem_argument_count(void) { return argument_count; }

const char *csystem_argument(int index) { return arguments[index]; }

int csystem_terminal_columns(int fd) {
  struct winsize size;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static volatile sig_atomic_t stop_signal = 0;

static void on_stop_signal(int signal) {
  if (stop_signal == SIGINT && signal == SIGINT) _exit(130);
  stop_signal = signal;
}

void csystem_catch_stop_signals(void) {
  struct sigaction action = {0};
  action.sa_handler = on_stop_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
}

int csystem_stop_signal(void) { return stop_signal; }

void csystem_request_stop(int signal) { stop_signal = signal; }
