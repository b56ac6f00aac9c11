#include "app/server/process/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "app/server/process/grpc_log.hpp"

namespace ff::app {
namespace {

/// The text of a line as one line, whatever strangers have put into it; for JSON as the inside of a
/// string.
class EscapedText final : public spdlog::custom_flag_formatter {
 public:
  explicit EscapedText(bool json) : json_(json) {}

  void format(const spdlog::details::log_msg& line, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const auto text = escaped_line({line.payload.data(), line.payload.size()}, json_);
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return spdlog::details::make_unique<EscapedText>(json_);
  }

 private:
  bool json_;
};

}  // namespace

std::string escaped_line(std::string_view text, bool json) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (json && (c == '"' || c == '\\')) {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += {digits[byte >> 4U], digits[byte & 15U]};
    } else {
      out += c;
    }
  }
  return out;
}

void set_up_log(const config::Log& log) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("farfield"));
  change_log(log);
  take_over_grpc_log();
}

void change_log(const config::Log& log) {
  const auto logger = spdlog::default_logger();
  const bool is_json = log.format == config::LogFormat::json;
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<EscapedText>('*', is_json)
      .set_pattern(is_json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","log":"%*"})"
                           : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %*");
  logger->set_formatter(std::move(formatter));
  constexpr spdlog::level::level_enum levels[] = {spdlog::level::debug, spdlog::level::info,
                                                  spdlog::level::warn, spdlog::level::err,
                                                  spdlog::level::critical};
  logger->set_level(levels[static_cast<std::size_t>(log.level)]);
}

}  // namespace ff::app
