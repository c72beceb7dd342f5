// cheap foreground NAME | cheap daemon NAME PID_FILE TITLE: a worker that costs nothing. It notes each SIGTERM in the
// file `terms` of its directory, finishes its job of a moment, and exits. A daemon keeps its pid file and changes its
// title.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t asked;

static void note(int signal) {
  (void)signal;
  asked = 1;
  char line[32];
  const int length = snprintf(line, sizeof line, "%d\n", (int)getpid());
  const int fd = open("terms", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return;
  if (write(fd, line, (size_t)length) < 0) return;
  close(fd);
}

static int write_pid_file(const char* path) {
  char temporary[4096];
  snprintf(temporary, sizeof temporary, "%s.new", path);
  FILE* file = fopen(temporary, "we");
  if (file == NULL) return -1;
  fprintf(file, "%d\n", (int)getpid());
  return fclose(file) == 0 ? rename(temporary, path) : -1;
}

int main(int argc, char** argv) {
  const int is_daemon = argc == 5;
  char path[4000] = "";
  prctl(PR_SET_NAME, argv[2]);
  struct sigaction action = {.sa_handler = note};
  sigaction(SIGTERM, &action, NULL);
  if (is_daemon) {
    char title[256];
    snprintf(path, sizeof path, "%s", argv[3]);
    snprintf(title, sizeof title, "%s", argv[4]);
    int ready[2];
    if (pipe(ready) != 0) return 1;
    if (fork() != 0) {  // it is up before its start command ends
      char up;
      close(ready[1]);
      return read(ready[0], &up, 1) == 1 ? 0 : 1;
    }
    setsid();
    memset(argv[0], 0, (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]));
    memcpy(argv[0], title, strlen(title));
    if (write_pid_file(path) != 0) return 1;
    if (write(ready[1], "u", 1) != 1) return 1;
    close(ready[0]);
    close(ready[1]);
    close(0);
    close(1);
    close(2);
  }
  sigset_t term;
  sigset_t before;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, &before);
  while (!asked)
    sigsuspend(&before);
  sigprocmask(SIG_UNBLOCK, &term, NULL);
  struct timespec job = {.tv_sec = 0, .tv_nsec = 100 * 1000 * 1000};
  while (nanosleep(&job, &job) != 0) {
  }
  if (is_daemon) unlink(path);
  return 0;
}
