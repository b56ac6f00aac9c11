// INTERNAL: a script's result as JSON text. Unlike JSON.stringify it calls nothing of the script
// but getters and proxies, tells where NaN is, and ends. [spec application-server §10.2]
#pragma once

#include <jsapi.h>

#include <string>
#include <vector>

namespace ff::codec {

class Output {
 public:
  explicit Output(JSContext* cx) : cx_(cx) {}

  /// False: an exception is pending or the script was stopped, or `problem()` says why it is no
  /// result.
  bool append(JS::HandleValue value);
  void append_raw(std::string_view text) { text_ += text; }

  std::string take() { return std::move(text_); }
  const std::string& problem() const noexcept { return problem_; }
  /// Where numbers are that JSON does not know, as `data.temperature`.
  const std::vector<std::string>& unencodable() const noexcept { return unencodable_; }

 private:
  bool append_value(JS::HandleValue value, const std::string& path, std::size_t depth);
  bool append_string(JSString* string);
  void append_number(double number, const std::string& path);
  bool append_object(JS::HandleObject object, const std::string& path, std::size_t depth);
  bool append_date(JS::HandleObject object);
  bool append_boxed(JS::HandleObject object, bool is_text, const std::string& path);
  bool append_elements(JS::HandleObject object, std::uint32_t length, const std::string& path,
                       std::size_t depth);
  bool append_members(JS::HandleObject object, const std::string& path, std::size_t depth);
  bool refuse(const char* problem);

  JSContext* cx_;
  std::string text_;
  std::string problem_;
  std::vector<std::string> unencodable_;
  std::size_t visited_ = 0;
};

}  // namespace ff::codec
