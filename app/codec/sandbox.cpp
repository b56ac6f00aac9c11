#include "app/codec/sandbox.hpp"

#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace ff::codec {
namespace {

bool limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  return setrlimit(static_cast<__rlimit_resource_t>(resource), &both) == 0;
}

bool set_limits([[maybe_unused]] std::size_t memory_bytes) {
  bool ok = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 0);
#ifndef __SANITIZE_ADDRESS__
  ok = ok && limit(RLIMIT_DATA, memory_bytes);
#endif
  return ok;
}

/// Threads, memory, clocks, randomness, and the end. No call here names a file, a process or an
/// address; memory is mapped without files, because there are none.
constexpr int allowed[] = {
    SCMP_SYS(brk),           SCMP_SYS(mmap),           SCMP_SYS(munmap),
    SCMP_SYS(mremap),        SCMP_SYS(mprotect),       SCMP_SYS(madvise),
    SCMP_SYS(futex),         SCMP_SYS(sched_yield),    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(clock_gettime),

    SCMP_SYS(gettimeofday),  SCMP_SYS(time),           SCMP_SYS(getrandom),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),         SCMP_SYS(getrusage),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall),
    SCMP_SYS(membarrier),    SCMP_SYS(exit),           SCMP_SYS(exit_group),
};

/// Nothing of ours or of the library's calls these: whoever does has taken the process over.
constexpr int deadly[] = {
    SCMP_SYS(execve),     SCMP_SYS(execveat),         SCMP_SYS(fork),
    SCMP_SYS(vfork),      SCMP_SYS(ptrace),           SCMP_SYS(socket),
    SCMP_SYS(socketpair), SCMP_SYS(connect),          SCMP_SYS(kill),
    SCMP_SYS(bpf),        SCMP_SYS(process_vm_readv),
};

bool add_rules(scmp_filter_ctx filter) {
  const bool calls = std::all_of(std::begin(allowed), std::end(allowed), [&](int call) {
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
  });
  const bool deaths = std::all_of(std::begin(deadly), std::end(deadly), [&](int call) {
    return seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0) == 0;
  });
  const bool server = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1,
                                       SCMP_A0(SCMP_CMP_EQ, server_fd)) == 0 &&
                      seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                                       SCMP_A0(SCMP_CMP_EQ, server_fd)) == 0;
  return calls && deaths && server;
}

bool load_filter() {
  auto* filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == nullptr) return false;
  // All threads, those of the engine too.
  const bool ok = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 && add_rules(filter) &&
                  seccomp_load(filter) == 0;
  seccomp_release(filter);
  return ok;
}

}  // namespace

void leave_the_system() {
  close_range(server_fd + 1, ~0U, 0);
  // A user namespace is what the others need; some systems allow it to nobody.
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS) != 0)
    unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS);
  prctl(PR_SET_DUMPABLE, 0);
}

bool enter_sandbox(std::size_t memory_bytes) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  return set_limits(memory_bytes) && load_filter();
}

}  // namespace ff::codec
