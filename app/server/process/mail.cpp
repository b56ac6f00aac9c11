#include "app/server/process/mail.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <fstream>

#include "protocol/base/time.hpp"

namespace ff::app {
namespace {

std::string one_line(std::string text) {
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
  return text;
}

}  // namespace

std::string mail_text(const api::Mail& mail, const std::string& sender, UtcTime now) {
  return "From: " + one_line(sender) + "\r\nTo: " + one_line(mail.to) +
         "\r\nSubject: " + one_line(mail.subject) + "\r\nX-Created-At: " + to_rfc3339(now) +
         "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + mail.text;
}

std::function<void(api::Mail)> make_mail_writer(MailDirectory to) {
  return [to = std::move(to)](const api::Mail& mail) {
    if (mail.to.empty()) return;
    const auto name = to.new_id();
    const auto path = to.directory / (name + ".tmp");
    std::error_code error;
    std::filesystem::create_directories(to.directory, error);
    {
      std::ofstream file(path, std::ios::binary);
      chmod(path.c_str(), S_IRUSR | S_IWUSR);
      file << mail_text(mail, to.sender, to.now());
      if (!file.good()) {
        spdlog::error("msg=\"mail was not written\" directory={}", to.directory.string());
        return;
      }
    }
    std::filesystem::rename(path, to.directory / (name + ".eml"), error);
    if (error) spdlog::error("msg=\"mail was not written\" error=\"{}\"", error.message());
  };
}

}  // namespace ff::app
