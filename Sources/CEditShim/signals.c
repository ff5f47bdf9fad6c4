// Signals while a line is edited, and the promise that no exit leaves the terminal raw. Handlers
// set a flag and write one byte to a pipe that the reader polls; nothing of libedit runs in them.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "editor.h"

static volatile sig_atomic_t interrupted, resized, stopped;
static int self_pipe[2] = {-1, -1};
static struct termios at_start;
static volatile sig_atomic_t is_guarded;
static volatile sig_atomic_t is_pasting_bracketed;

// Ctrl-\ is only heard and does nothing: it lies beside Enter, and a line being typed is no emergency.
static const int watched[] = {SIGINT, SIGWINCH, SIGTSTP, SIGQUIT};
enum { WATCHED = sizeof watched / sizeof watched[0] };
static struct sigaction before[WATCHED];

// What ends a process: faults, the runtime's traps, and requests to go.
static const int deadly[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT,
                             SIGTERM, SIGHUP, SIGQUIT, SIGINT, SIGUSR1, SIGUSR2, SIGALRM,
                             SIGXCPU, SIGXFSZ};
enum { DEADLY = sizeof deadly / sizeof deadly[0] };

static void note(int number) {
  int saved = errno;
  if (number == SIGINT) interrupted = 1;
  if (number == SIGWINCH) resized = 1;
  if (number == SIGTSTP) stopped = 1;
  if (write(self_pipe[1], "", 1) < 0) { /* The pipe is full: the reader will wake anyway. */ }
  errno = saved;
}

void fq_bracketed_paste(int on) {
  is_pasting_bracketed = on;
  const char *switched = on ? "\033[?2004h" : "\033[?2004l";
  if (write(STDOUT_FILENO, switched, 8) < 0) { /* The terminal is gone. */ }
}

void fq_restore_terminal(void) {
  if (!is_guarded) return;
  if (is_pasting_bracketed) fq_bracketed_paste(0);
  tcsetattr(STDIN_FILENO, TCSADRAIN, &at_start);
}

static void die(int number) {
  fq_restore_terminal();
  signal(number, SIG_DFL);
  raise(number);
}

// Remembers how the terminal was and puts it back however the process ends.
void fq_guard_terminal(void) {
  if (is_guarded || tcgetattr(STDIN_FILENO, &at_start) != 0) return;
  is_guarded = 1;
  atexit(fq_restore_terminal);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = die;
  // The handler raises the signal again, and that must end the process at once.
  action.sa_flags = SA_NODEFER;
  for (int index = 0; index < DEADLY; index++) {
    struct sigaction present;
    if (sigaction(deadly[index], NULL, &present) == 0 && present.sa_handler == SIG_DFL)
      sigaction(deadly[index], &action, NULL);
  }
}

static void watch(int index) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigaction(watched[index], &action, &before[index]);
  // A parent that ignores a signal means it.
  if (before[index].sa_handler == SIG_IGN) sigaction(watched[index], &before[index], NULL);
}

void fq_signals_begin(void) {
  if (self_pipe[0] < 0 && pipe(self_pipe) == 0) {
    for (int end = 0; end < 2; end++) {
      fcntl(self_pipe[end], F_SETFL, O_NONBLOCK);
      fcntl(self_pipe[end], F_SETFD, FD_CLOEXEC);
    }
  }
  fq_signals_take();
  // A parent may have left signals blocked; keys that do nothing would be the result.
  sigset_t wanted;
  sigemptyset(&wanted);
  for (int index = 0; index < WATCHED; index++) {
    watch(index);
    sigaddset(&wanted, watched[index]);
  }
  sigprocmask(SIG_UNBLOCK, &wanted, NULL);
}

void fq_signals_end(void) {
  for (int index = 0; index < WATCHED; index++) sigaction(watched[index], &before[index], NULL);
}

int fq_signals_pipe(void) { return self_pipe[0]; }

// Gives the signals that came since the last call, and forgets them.
int fq_signals_take(void) {
  char ignored[64];
  while (self_pipe[0] >= 0 && read(self_pipe[0], ignored, sizeof ignored) > 0) {}
  int found = (interrupted ? FQ_SIGNAL_INTERRUPT : 0) | (resized ? FQ_SIGNAL_RESIZE : 0)
      | (stopped ? FQ_SIGNAL_STOP : 0);
  interrupted = resized = stopped = 0;
  return found;
}

// Stops this process the way Ctrl-Z asks, and returns when it is continued.
void fq_suspend(void) {
  fq_signals_end();
  raise(SIGTSTP);
  fq_signals_begin();
}
