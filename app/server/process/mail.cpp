#include "app/server/process/mail.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>

#include "app/api/account/html.hpp"
#include "net/smtp/sender.hpp"
#include "protocol/base/base64.hpp"

namespace ff::app {
namespace {

using api::account::escape_html;

/// Longer ones do not pass every mail server. [RFC 5321 §4.5.3.1.6]
constexpr std::size_t line_size_max = 998;

std::string one_line(std::string text) {
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
  return text;
}

/// RFC 2047, where it is needed.
std::string header_text(const std::string& text) {
  auto line = one_line(text);
  if (std::ranges::all_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x7f; }))
    return line;
  return "=?UTF-8?B?" + base64_encode(as_bytes(line)) + "?=";
}

/// `"Name" <address>`.
std::string mailbox(const std::string& name, const std::string& address) {
  if (name.empty()) return one_line(address);
  auto quoted = header_text(name);
  std::erase_if(quoted, [](char c) { return c == '"' || c == '\\'; });
  const bool is_encoded = quoted.starts_with("=?");
  return (is_encoded ? quoted : '"' + quoted + '"') + " <" + one_line(address) + ">";
}

/// RFC 5322 §3.3.
std::string date_text(UtcTime now) {
  const auto seconds = static_cast<std::time_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S +0000", &parts);
  return {text.data(), size};
}

/// Every line to `each`.
template <class Each>
void for_lines(std::string_view text, Each each) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    each(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string with_links(const std::string& text, const MailFrame& frame) {
  const std::pair<std::string_view, const std::string&> places[] = {
      {"account:", frame.account_url}, {"console:", frame.console_url}};
  std::string out;
  for_lines(text, [&](std::string_view line) {
    for (const auto& [place, url] : places) {
      if (!line.starts_with(place)) continue;
      out += url;
      line.remove_prefix(place.size());
      break;
    }
    out += line;
    out += '\n';
  });
  return out;
}

std::string html_line(std::string_view line) {
  if (!line.starts_with("https://") && !line.starts_with("http://")) return escape_html(line);
  const auto link = escape_html(line);
  return "<a href=\"" + link + "\">" + link + "</a>";
}

std::string html_of(const std::string& text, const std::string& network_name) {
  std::string out =
      "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"></head><body "
      "style=\"font:16px/1.5 sans-serif;max-width:36em\">\n<p>";
  for_lines(text, [&](std::string_view line) {
    out += line.empty() ? std::string("</p>\n<p>") : html_line(line) + "<br>\n";
  });
  return out + "</p>\n<p style=\"color:#556270\">" + escape_html(network_name) +
         "</p></body></html>\n";
}

std::string with_line_ends(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') out.push_back('\r');
    out.push_back(c);
  }
  return out;
}

bool has_long_line(const std::string& text) {
  bool found = false;
  for_lines(text, [&](std::string_view line) { found = found || line.size() > line_size_max; });
  return found;
}

/// In lines of 76 characters. [RFC 2045 §6.8]
std::string base64_lines(const std::string& text) {
  constexpr std::size_t width = 76;
  const auto whole = base64_encode(as_bytes(with_line_ends(text)));
  std::string out;
  for (std::size_t at = 0; at < whole.size(); at += width) out += whole.substr(at, width) + "\n";
  return out;
}

std::string part(const std::string& boundary, const std::string& type, const std::string& text) {
  const bool is_packed = has_long_line(text);
  return "--" + boundary + "\n" + "Content-Type: " + type +
         "; charset=utf-8\nContent-Transfer-Encoding: " + (is_packed ? "base64" : "8bit") + "\n\n" +
         (is_packed ? base64_lines(text) : text) + "\n";
}

void write_file(const std::filesystem::path& directory, const std::string& name,
                const std::string& message) {
  const auto path = directory / (name + ".tmp");
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  {
    std::ofstream file(path, std::ios::binary);
    chmod(path.c_str(), S_IRUSR | S_IWUSR);
    file << message;
    if (!file.good()) {
      spdlog::error("msg=\"mail was not written\" directory={}", directory.string());
      return;
    }
  }
  std::filesystem::rename(path, directory / (name + ".eml"), error);
  if (error) spdlog::error("msg=\"mail was not written\" error=\"{}\"", error.message());
}

MailFrame frame_of(const config::Email& email) {
  return {.sender_name = email.sender_name,
          .sender_address = email.sender_address,
          .network_name = email.network_name,
          .account_url = email.account_url,
          .console_url = email.console_url};
}

std::function<void(api::Mail)> to_directory(const config::Email& email, MailPorts ports) {
  auto& sent = ports.metrics.counter("farfield_mail_total", "Mails taken to be sent.");
  return
      [directory = email.directory, frame = frame_of(email), ports, &sent](const api::Mail& mail) {
        if (mail.to.empty()) return;
        const MailStamp stamp{ports.now(), ports.new_id()};
        write_file(directory, stamp.id, mail_message(mail, frame, stamp));
        sent.Increment();
      };
}

Result<std::function<void(api::Mail)>> to_server(const config::Email& email, MailPorts ports) {
  auto& given = ports.metrics.counter("farfield_mail_total", "Mails taken to be sent.");
  auto& failed =
      ports.metrics.counter("farfield_mail_failed_total", "Mails that could not be sent.");
  FF_TRY(auto made, net::smtp::make_smtp_sender(
                        {.address = email.smtp.address,
                         .username = email.smtp.username,
                         .password = email.smtp.password,
                         .ca_file = {},
                         .connections = std::max<std::size_t>(1, email.smtp.connections)},
                        [&failed](const Error& error) {
                          failed.Increment();
                          spdlog::error("msg=\"mail was not sent\" error=\"{}\"", error.message());
                        }));
  const std::shared_ptr<net::smtp::SmtpSender> sender(std::move(made));
  return std::function<void(api::Mail)>(
      [sender, frame = frame_of(email), ports, &given, &failed](const api::Mail& mail) {
        if (mail.to.empty()) return;
        const MailStamp stamp{ports.now(), ports.new_id()};
        if (sender->send({frame.sender_address, mail.to, mail_message(mail, frame, stamp)})) {
          given.Increment();
        } else {
          failed.Increment();
          spdlog::error("msg=\"mail was dropped: too many wait\"");
        }
      });
}

}  // namespace

std::string mail_message(const api::Mail& mail, const MailFrame& frame, const MailStamp& stamp) {
  const auto text = with_links(mail.text, frame);
  const auto at = frame.sender_address.find('@');
  const auto boundary = "=_" + stamp.id;
  const auto message =
      "From: " + mailbox(frame.sender_name, frame.sender_address) + "\nTo: " + one_line(mail.to) +
      "\nSubject: " + header_text(mail.subject) + "\nDate: " + date_text(stamp.now) +
      "\nMessage-ID: <" + stamp.id +
      one_line(at == std::string::npos ? "" : frame.sender_address.substr(at)) +
      ">\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: multipart/alternative; "
      "boundary=\"" +
      boundary + "\"\n\n" +
      part(boundary, "text/plain", text + "\n-- \n" + frame.network_name + "\n") +
      part(boundary, "text/html", html_of(text, frame.network_name)) + "--" + boundary + "--\n";
  return with_line_ends(message);
}

Result<std::function<void(api::Mail)>> make_mail_sender(const config::Email& email,
                                                        MailPorts ports) {
  if (email.provider == config::MailProvider::smtp) return to_server(email, ports);
  if (!email.directory.empty()) return to_directory(email, ports);
  return std::function<void(api::Mail)>();
}

}  // namespace ff::app
