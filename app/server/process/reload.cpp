#include "app/server/process/reload.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>

#include "config/load/changes.hpp"

namespace ff::app {
namespace {

using Names = std::vector<std::string_view>;

prometheus::Counter& counter(actors::Metrics& metrics, const std::string& outcome) {
  return metrics.counter("farfield_config_reloads_total",
                         "Configurations read again while the server ran.", {{"outcome", outcome}});
}

/// Names only: values may be secrets.
std::string joined(const Names& names) {
  std::string out;
  for (const auto name : names) out.append(out.empty() ? "" : " ").append(name);
  return out;
}

bool is_asked(const SettingsTaker& taker, const Names& changed) {
  if (taker.settings.empty()) return true;
  return std::ranges::any_of(taker.settings, [&](std::string_view name) {
    return std::ranges::find(changed, name) != changed.end();
  });
}

}  // namespace

Reload::Reload(const config::Config& started_with, ReloadPorts ports)
    : now_(started_with),
      ports_(std::move(ports)),
      taken_(counter(ports_.metrics, "taken")),
      refused_(counter(ports_.metrics, "refused")) {}

Status Reload::run() {
  auto taken = take();
  if (taken) {
    taken_.Increment();
  } else {
    refused_.Increment();
    spdlog::error("msg=\"the configuration is not used: the one before goes on\" error=\"{}\"",
                  taken.error().message());
  }
  return taken;
}

Status Reload::take() {
  FF_TRY(const auto loaded, ports_.load());
  const auto& wanted = loaded.config;
  if (ports_.check) FF_CHECK(ports_.check(wanted));
  const auto changes = config::changes(now_, wanted);
  std::vector<std::function<void()>> steps;
  for (const auto& taker : ports_.takers) {
    if (!is_asked(taker, changes.live)) continue;
    FF_TRY(auto step, taker.prepare(wanted));
    steps.push_back(std::move(step));
  }
  // Nothing can fail from here on.
  for (const auto& step : steps) step();
  now_ = config::with_live_settings(std::move(now_), wanted);
  for (const auto& warning : loaded.warnings) spdlog::warn("msg=\"{}\"", warning);
  spdlog::info("msg=\"the configuration was read again\" changed=\"{}\"", joined(changes.live));
  if (!changes.restart.empty())
    spdlog::warn("msg=\"settings wait for a restart\" settings=\"{}\"", joined(changes.restart));
  if (ports_.on_changed && !changes.live.empty()) ports_.on_changed(now_);
  return {};
}

}  // namespace ff::app
