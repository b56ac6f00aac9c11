#include "app/server/process/key_vault.hpp"

#include <spdlog/spdlog.h>

#include <string>

#include "app/server/own_kek/key_text.hpp"
#include "app/server/own_kek/own_kek.hpp"

namespace ff::app {
namespace {

constexpr ErrorDef unreadable_keys{"config", "unreadable_keys", Code::not_found,
                                   "`key-vault.file`: `{path}` can not be read"};
constexpr ErrorDef unknown_kek_label{"config", "invalid_value", Code::invalid_argument,
                                     "`{key}` can not be `{value}`: the key vault has no such key"};
/// A thousand KEKs; this is against files that are something else.
constexpr std::size_t file_size_max = std::size_t{128} << 10U;

Result<key_vault::Keks> read_keks(const std::filesystem::path& path) {
  auto text = read_key_text(path, file_size_max);
  if (!text) return fail(unreadable_keys, {{"path", path.string()}});
  auto keks = key_vault::parse_keks(*text);
  wipe_text(*text);
  return keks;
}

Status check_labels(const config::Config& config, const key_vault::KeyVault& vault) {
  for (const auto& [key, label] : {std::pair{"ns.device-kek-label", config.ns.device_kek_label},
                                   {"as.device-kek-label", config.as.device_kek_label},
                                   {"js.device-kek-label", config.js.device_kek_label}}) {
    if (!label.empty() && label != own_kek_label && !vault.contains(label))
      return fail(unknown_kek_label, {{"key", key}, {"value", label}});
  }
  return {};
}

key_vault::Keks configured_keks(const config::KeyVault& settings) {
  key_vault::Keks keks;
  for (const auto& [label, key] : settings.keks) keks.insert_or_assign(label, key);
  return keks;
}

}  // namespace

Result<std::shared_ptr<key_vault::LiveKeyVault>> load_key_vault(const config::Config& config) {
  auto vault = std::make_shared<key_vault::LiveKeyVault>(
      key_vault::KeyVault(configured_keks(config.key_vault)));
  if (!config.key_vault.file.empty()) {
    FF_TRY(const auto more, read_keks(config.key_vault.file));
    FF_CHECK(vault->add(more));
  }
  FF_CHECK(check_labels(config, *vault->current()));
  return vault;
}

Result<std::function<void()>> prepare_configured_keys(
    const std::shared_ptr<key_vault::LiveKeyVault>& vault, const config::KeyVault& settings) {
  auto keks = configured_keks(settings);
  key_vault::LiveKeyVault trial(*vault->current());
  FF_CHECK(trial.add(keks));
  return std::function<void()>([vault, keks = std::move(keks)] {
    const auto added = vault->add(keks);
    // Its file may have brought another key for a label in this moment.
    if (!added) spdlog::error("msg=\"keys are not used\" error=\"{}\"", added.error().message());
  });
}

struct KeyVaultWatch::OnLoop {
  std::filesystem::path path;
  Duration interval;
  std::shared_ptr<key_vault::LiveKeyVault> vault;
  prometheus::Counter& added;
  prometheus::Counter& failed;
  std::unique_ptr<net::Timer> timer;
  std::string last_error;

  void look() {
    const auto more = read_keks(path);
    const auto count = more ? vault->add(*more) : fail(more.error());
    if (!count) return report(count.error());
    last_error.clear();
    if (*count == 0) return;
    added.Increment(static_cast<double>(*count));
    spdlog::info("msg=\"key-encryption keys added\" keys={} path={}", *count, path.string());
  }
  /// An error that stays is told once.
  void report(const Error& error) {
    failed.Increment();
    if (std::exchange(last_error, error.message()) == error.message()) return;
    spdlog::error("msg=\"key file is not used\" path={} error=\"{}\"", path.string(),
                  error.message());
  }
  void wait() {
    timer->start(interval, [this] {
      look();
      wait();
    });
  }
};

KeyVaultWatch::KeyVaultWatch(net::EventLoop& loop, const config::KeyVault& settings,
                             std::shared_ptr<key_vault::LiveKeyVault> vault,
                             actors::Metrics& metrics)
    : loop_(loop) {
  if (settings.file.empty()) return;
  state_ = std::make_shared<OnLoop>(
      OnLoop{.path = settings.file,
             .interval = settings.reload_interval,
             .vault = std::move(vault),
             .added = metrics.counter("farfield_key_vault_keys_added_total",
                                      "Key-encryption keys taken over while the server ran."),
             .failed = metrics.counter("farfield_key_vault_reload_failures_total",
                                       "Looks at the key file that could not be used."),
             .timer = nullptr,
             .last_error = {}});
  loop.post([&loop, state = state_] {
    state->timer = loop.make_timer();
    state->wait();
  });
}

/// Its timer is of the loop's thread.
KeyVaultWatch::~KeyVaultWatch() {
  if (state_) loop_.post([state = std::move(state_)] { state->timer.reset(); });
}

}  // namespace ff::app
