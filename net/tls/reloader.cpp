#include "net/tls/reloader.hpp"

#include <utility>

namespace ff::net::tls {

CertificateReloader::CertificateReloader(EventLoop& loop, std::shared_ptr<ServerContext> context,
                                         CertificateFiles files, Duration interval, Report report)
    : context_(std::move(context)),
      files_(std::move(files)),
      interval_(interval),
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
  auto status = context_->replace(*pair);
  report_(status);
  return status.has_value();
}

}  // namespace ff::net::tls
