// A configuration that is read again while the server runs (SIGHUP): settings that can change do,
// all at once; the others are named and wait for a restart. A configuration that could not be
// started with changes nothing. Which settings are live is the schema's (config/schema).
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "actors/support/metrics.hpp"
#include "config/load/load.hpp"

namespace ff::app {

/// Who takes live settings over, or, with none of its own, what lies beside them.
struct SettingsTaker {
  std::vector<std::string_view> settings;
  /// What makes the change, or why it can not be. Called when one of `settings` is different,
  /// or always when there are none.
  std::function<Result<std::function<void()>>(const config::Config& wanted)> prepare;
};

struct ReloadPorts {
  /// From the sources of the start.
  std::function<Result<config::Loaded>()> load;
  /// Whether a server could start with it, as far as one can tell. May be null.
  std::function<Status(const config::Config& wanted)> check;
  /// Together they take every live setting.
  std::vector<SettingsTaker> takers;
  /// After a change: the settings in force. May be null.
  std::function<void(const config::Config& now)> on_changed;
  actors::Metrics& metrics;
};

/// Of one thread.
class Reload {
 public:
  Reload(const config::Config& started_with, ReloadPorts ports);

  /// Reads, judges, changes; logs what came of it and returns why nothing did.
  Status run();
  /// The settings in force: those of the start but for what has been taken over.
  const config::Config& now() const noexcept { return now_; }

 private:
  Status take();

  config::Config now_;
  const ReloadPorts ports_;
  prometheus::Counter& taken_;
  prometheus::Counter& refused_;
};

}  // namespace ff::app
