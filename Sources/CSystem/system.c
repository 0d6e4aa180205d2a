#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
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

int csystem_rename_new(const char *from, const char *to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // A file system that has neither hard links nor this: the look beforehand is all that can be had.
  struct stat info;
  if (lstat(to, &info) == 0) return EEXIST;
  return rename(from, to) == 0 ? 0 : errno;
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
int csystem_rename_new(const char *from, const char *to) {
  return renamex_np(from, to, RENAME_EXCL) == 0 ? 0 : errno;
}
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

// Where one of the three is closed, a file that is opened later would get its number, and what is printed with it.
// Open in the wrong direction, they fail as closed ones do.
__attribute__((constructor)) static void keep_standard_descriptors(void) {
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
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

static void handle_stop_signals(void (*handler)(int)) {
  struct sigaction action = {0};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGTERM);
  sigaddset(&action.sa_mask, SIGINT);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
}

void csystem_catch_stop_signals(void) { handle_stop_signals(on_stop_signal); }

static const char *last_output_head, *last_output_tail, *last_note;
static struct timespec begun;

static void say(int fd, const char *text) {
  size_t length = text ? strlen(text) : 0;
  while (length > 0) {
    ssize_t count = write(fd, text, length);
    if (count <= 0) return;
    text += count;
    length -= (size_t)count;
  }
}

// Calls only what a signal handler may.
static void on_early_stop_signal(int signal) {
  if (last_output_head && last_output_tail) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long milliseconds = (now.tv_sec - begun.tv_sec) * 1000 + (now.tv_nsec - begun.tv_nsec) / 1000000;
    char digits[24], *first = digits + sizeof digits - 1;
    *first = 0;
    for (int place = 0; place < 4 || milliseconds > 0; place++, milliseconds /= 10) {
      if (place == 3) *--first = '.';
      *--first = (char)('0' + milliseconds % 10);
    }
    say(1, last_output_head);
    say(1, first);
    say(1, last_output_tail);
  } else {
    say(1, last_output_head);
  }
  say(2, last_note);
  _exit(signal == SIGINT ? 130 : 75);
}

void csystem_end_on_stop_signals(const char *head, const char *tail, const char *note) {
  last_output_head = head ? strdup(head) : NULL;
  last_output_tail = tail ? strdup(tail) : NULL;
  last_note = strdup(note);
  clock_gettime(CLOCK_MONOTONIC, &begun);
  handle_stop_signals(on_early_stop_signal);
}

int csystem_stop_signal(void) { return stop_signal; }

void csystem_request_stop(int signal) { stop_signal = signal; }
