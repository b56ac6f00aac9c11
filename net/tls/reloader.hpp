// CertificateReloader: keeps a server's certificate the one in its files, without a restart.
// Not the first load: a server whose certificate is broken must not start.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "net/runtime/event_loop.hpp"
#include "net/tls/context.hpp"

namespace ff::net::tls {

struct CertificateFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// Looks at the files every `interval` and gives their content to whoever uses it when it differs
/// from what was used last. Reads the files on the loop's thread; they are small. Loop thread only,
/// but it may be made before the loop runs.
class CertificateReloader {
 public:
  /// Takes another certificate into use, such as ServerContext::replace. On an error the old one
  /// stays in use.
  using Use = std::function<Status(const KeyPair&)>;
  /// Told the result of each use of changed files; an unreadable or broken pair is tried again when
  /// it changes.
  using Report = std::function<void(const Status&)>;

  CertificateReloader(EventLoop& loop, CertificateFiles files, Duration interval, Use use,
                      Report report);

  void start();
  /// Looks now. Returns whether another certificate is in use.
  bool check();

 private:
  void wait();

  CertificateFiles files_;
  Duration interval_;
  Use use_;
  Report report_;
  KeyPair last_;
  bool last_was_unreadable_ = false;
  std::unique_ptr<Timer> timer_;
};

}  // namespace ff::net::tls
