// SmtpSender: hands messages to one mail server, in the order they came, on threads of its own. Not
// what is in a message, and no mailbox: what can not be sent in time is dropped and counted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::net::smtp {

inline constexpr ErrorDef smtp_failed{"net/smtp", "failed", Code::unavailable, "SMTP: {reason}"};

struct SenderOptions {
  std::string address;   ///< `mail.example.com:587`; port 465 speaks TLS at once.
  std::string username;  ///< Empty: none.
  std::string password;
  /// PEM; trusted beside the system's own authorities. Empty: those alone.
  std::string ca_file;
  std::size_t connections = 1;  ///< 1 to 16; each has a thread.
  std::size_t waiting_max = 1000;
  Duration timeout = std::chrono::seconds{30};  ///< Of one attempt.
  int attempts = 3;
  Duration retry_after = std::chrono::seconds{5};  ///< Twice as long each time.
};

struct Envelope {
  std::string from;  ///< An address; with control characters or `<>` in it nothing is sent.
  std::string to;
  std::string message;  ///< RFC 5322, lines end in CR LF.
};

/// Counts since the sender was made.
struct SenderCounters {
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;   ///< Given up after all attempts, or refused for good.
  std::uint64_t dropped = 0;  ///< Not taken: too many were waiting.
  std::size_t waiting = 0;
};

/// Thread safe. Its destructor drops what waits and gives up what is under way.
class SmtpSender {
 public:
  virtual ~SmtpSender() = default;
  /// False: too many wait.
  virtual bool send(Envelope envelope) = 0;
  virtual SenderCounters counters() const = 0;
};

/// `on_failure`: a message was given up; any thread, must not block. With a username, TLS is
/// demanded unless the server is on this machine; without, it is used where it is offered. Error:
/// smtp_failed when libcurl can not be used.
Result<std::unique_ptr<SmtpSender>> make_smtp_sender(
    SenderOptions options, std::function<void(const Error& error)> on_failure);

/// Whether it may stand in `MAIL FROM` and `RCPT TO`.
bool is_envelope_address(std::string_view address) noexcept;

}  // namespace ff::net::smtp
