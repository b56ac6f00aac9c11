// Mail to users: how a message looks, and how it leaves: to a directory, one file each, or to a
// mail server. Not what it says; that is the services'. [spec identity-server §10]
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "actors/support/metrics.hpp"
#include "app/api/services/identity/identity.hpp"
#include "config/config.hpp"

namespace ff::app {

/// Whom mails are from, and where their links lead.
struct MailFrame {
  std::string sender_name;
  std::string sender_address;
  std::string network_name;
  std::string account_url;
  std::string console_url;
};

/// What makes a mail a message of its own.
struct MailStamp {
  UtcTime now;
  std::string id;  // of letters and digits
};

/// The message: RFC 5322, a plain text and the same as HTML. In texts `account:` and `console:` at
/// the beginning of a line are their addresses. Line ends in addresses and subject are left out,
/// so that nobody adds headers. Lines end in CR LF.
std::string mail_message(const api::Mail& mail, const MailFrame& frame, const MailStamp& stamp);

struct MailPorts {
  std::function<UtcTime()> now;
  std::function<std::string()> new_id;
  actors::Metrics& metrics;
};
/// The sender that the settings ask for: none (null), a directory, or SMTP. A directory gets
/// `<id>.eml`, first under another name, readable by its owner alone. Failures are logged and
/// counted; nothing of a message's content is. Any thread; a file takes as long as a small file
/// does. Error: smtp_failed.
Result<std::function<void(api::Mail)>> make_mail_sender(const config::Email& email,
                                                        MailPorts ports);

}  // namespace ff::app
