#include "app/server/process/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "app/server/process/grpc_log.hpp"

namespace ff::app {

void set_up_log(const config::Log& log) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("farfield"));
  change_log(log);
  take_over_grpc_log();
}

void change_log(const config::Log& log) {
  const auto logger = spdlog::default_logger();
  if (log.format == config::LogFormat::json) {
    logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","log":"%v"})",
                        spdlog::pattern_time_type::utc);
  } else {
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
  }
  constexpr spdlog::level::level_enum levels[] = {spdlog::level::debug, spdlog::level::info,
                                                  spdlog::level::warn, spdlog::level::err,
                                                  spdlog::level::critical};
  logger->set_level(levels[static_cast<std::size_t>(log.level)]);
}

}  // namespace ff::app
