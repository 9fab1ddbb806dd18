// The floor of a fan-out: a server that does nothing but one send() per client and turn.
// It upgrades whoever connects, without looking at the request, and sends everybody everything.
// Commands on stdin: "b <first> <count> <filling>" broadcasts, "u" tells CPU time and memory, its end is the end.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_CLIENTS = 65536, MAX_LINE = 16384, LISTENER = -1, COMMANDS = -2 };

static const char UPGRADED[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
static const char JOINED[] = "\x81\x12{\"event\":\"joined\"}";

static int epoll, clients[MAX_CLIENTS], count;
static char upgraded[MAX_CLIENTS];

static void watch(int fd, int what) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = (unsigned)fd | ((unsigned long long)(unsigned)what << 32)};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void send_all(int fd, const char *bytes, size_t length) {
  while (length) {
    ssize_t sent = send(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes += sent;
      length -= (size_t)sent;
    } else if (errno == EAGAIN) {
      struct pollfd writable = {.fd = fd, .events = POLLOUT};
      poll(&writable, 1, -1);
    } else {
      return;
    }
  }
}

static size_t frame(char *out, int n, const char *filling) {
  char text[MAX_LINE + 64];
  size_t length = (size_t)sprintf(text, "{\"event\":\"said\",\"data\":{\"n\":%d,\"pad\":\"%s\"}}", n, filling);
  size_t header = length < 126 ? 2 : 4;
  out[0] = (char)0x81;
  out[1] = (char)(length < 126 ? length : 126);
  if (header == 4) {
    out[2] = (char)(length >> 8);
    out[3] = (char)length;
  }
  memcpy(out + header, text, length);
  return header + length;
}

static void broadcast(int first, int how_many, const char *filling) {
  static char bytes[64 * (MAX_LINE + 64)];
  size_t length = 0;
  for (int n = first; n < first + how_many && n < first + 64; n++) length += frame(bytes + length, n, filling);
  for (int i = 0; i < count; i++) send_all(clients[i], bytes, length);
}

static void tell_usage(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  long long micros = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  printf("{\"cpuMicros\":%lld}\n", micros);
}

static void command(void) {
  char line[MAX_LINE], filling[MAX_LINE];
  int first, how_many;
  if (!fgets(line, sizeof line, stdin)) exit(0);
  if (line[0] == 'u') tell_usage();
  else if (sscanf(line, "b %d %d %16383s", &first, &how_many, filling) == 3) broadcast(first, how_many, filling);
}

static void received(int fd) {
  char bytes[4096];
  ssize_t length = recv(fd, bytes, sizeof bytes, 0);
  if (length <= 0) {
    close(fd);
  } else if (!upgraded[fd]) {
    upgraded[fd] = 1;
    send_all(fd, UPGRADED, sizeof UPGRADED - 1);
  } else {
    clients[count++] = fd;
    send_all(fd, JOINED, sizeof JOINED - 1);
  }
}

static void accepted(int listener) {
  int on = 1, fd = accept(listener, NULL, NULL);
  if (fd < 0 || fd >= MAX_CLIENTS) exit(1);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  watch(fd, 0);
}

int main(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  setvbuf(stdout, NULL, _IOLBF, 0);
  setvbuf(stdin, NULL, _IONBF, 0);
  epoll = epoll_create1(0);
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 512)) return 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  watch(listener, LISTENER);
  watch(0, COMMANDS);
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  for (;;) {
    struct epoll_event events[256];
    int ready = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      int fd = (int)(unsigned)events[i].data.u64, what = (int)(events[i].data.u64 >> 32);
      if (what == LISTENER) accepted(fd);
      else if (what == COMMANDS) command();
      else received(fd);
    }
  }
}
