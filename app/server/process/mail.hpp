// Mail to users, written to a directory: one file per message, for a mail server or a person to
// pick up. Not SMTP.
#pragma once

#include <filesystem>
#include <string>

#include "app/api/services/identity/identity.hpp"

namespace ff::app {

/// The message as it is written: RFC 5322, plain text. Line ends in addresses and subject are left
/// out, so that nobody adds headers.
std::string mail_text(const api::Mail& mail, const std::string& sender, UtcTime now);

struct MailDirectory {
  std::filesystem::path directory;
  std::string sender;
  std::function<UtcTime()> now;
  std::function<std::string()> new_id;
};
/// Writes to `<directory>/<id>.eml`, first under another name, readable by the owner alone.
/// Failures are logged; nothing of a message's content is. Any thread; takes as long as a small
/// file does.
std::function<void(api::Mail)> make_mail_writer(MailDirectory to);

}  // namespace ff::app
