#include "net/tls/reloader.hpp"

#include <utility>

namespace ff::net::tls {

CertificateReloader::CertificateReloader(EventLoop& loop, CertificateFiles files, Duration interval,
                                         Use use, Report report)
    : files_(std::move(files)),
      interval_(interval),
      use_(std::move(use)),
      report_(std::move(report)),
      timer_(loop.make_timer()) {
  if (auto pair = read_key_pair(files_.certificate, files_.key)) last_ = std::move(*pair);
}

void CertificateReloader::start() {
  wait();
}

void CertificateReloader::wait() {
  timer_->start(interval_, [this] {
    check();
    wait();
  });
}

bool CertificateReloader::check() {
  auto pair = read_key_pair(files_.certificate, files_.key);
  if (!pair) {
    if (!std::exchange(last_was_unreadable_, true)) report_(fail(std::move(pair).error()));
    return false;
  }
  last_was_unreadable_ = false;
  if (*pair == last_) return false;
  last_ = *pair;
  auto status = use_(*pair);
  report_(status);
  return status.has_value();
}

}  // namespace ff::net::tls
