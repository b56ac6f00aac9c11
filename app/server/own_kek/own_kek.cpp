#include "app/server/own_kek/own_kek.hpp"

#include <spdlog/spdlog.h>

#include <optional>

#include "app/server/own_kek/key_text.hpp"
#include "net/tls/private_file.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/crypto/aes128.hpp"
#include "protocol/crypto/key_wrap.hpp"
#include "storage/directory/kek_notes.hpp"

namespace ff::app {
namespace {

using key_vault::Keks;

constexpr std::size_t kek_size = 32;
constexpr std::size_t file_size_max = std::size_t{64} << 10U;
constexpr std::size_t check_value_size = 8;
constexpr std::string_view heading =
    "# Keys of devices in Farfield's store are wrapped with this key. Without it they are lost:\n"
    "# keep a copy, and not with the store's backups.\n";

tl::unexpected<Error> unusable(const std::filesystem::path& file, std::string_view reason) {
  return fail(own_kek_unusable, {{"path", file.string()}, {"reason", reason}});
}

/// Says nothing of the key to who does not have it: the beginning of zeros that it has wrapped.
Bytes check_value_of(ByteView kek) {
  const Bytes zeros(Aes128Key::size, 0);
  auto wrapped = crypto::wrap_key(zeros, kek).value();
  wrapped.resize(check_value_size);
  return wrapped;
}

bool is_own(std::string_view label) {
  return label == own_kek_label ||
         (label.starts_with(own_kek_label) && label.substr(own_kek_label.size()).starts_with('@'));
}

/// Nothing: there is no file.
Result<std::optional<Keks>> read(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) return std::optional<Keks>();
  if (error) return unusable(file, error.message());
  constexpr auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  if ((status.permissions() & others) != std::filesystem::perms::none)
    spdlog::warn("msg=\"others may read the key file\" path={}", file.string());
  auto text = read_key_text(file, file_size_max);
  if (!text) return unusable(file, "it can not be read");
  auto keks = key_vault::parse_keks(*text);
  wipe_text(*text);
  if (!keks) return unusable(file, keks.error().message());
  for (const auto& [label, key] : *keks) {
    if (!is_own(label)) return unusable(file, "it has a key with the label " + label);
  }
  if (keks->empty()) return unusable(file, "it has no key");
  return std::optional(*std::move(keks));
}

Result<Keks> make(const std::filesystem::path& file, Random& random) {
  Bytes key(kek_size, 0);
  random.fill(key);
  auto text = std::string(heading) + std::string(own_kek_label) + ": " + hex_upper(key) + "\n";
  const auto written = net::tls::write_private_file(file, text);
  wipe_text(text);
  FF_CHECK(written);
  spdlog::warn(
      "msg=\"made the key that keys of devices are wrapped with; without it they are lost: keep a "
      "copy\" label={} path={}",
      own_kek_label, file.string());
  return Keks{{std::string(own_kek_label), std::move(key)}};
}

/// Every key that rows may be sealed under is here.
Status check(const storage::KekNotes& notes, const Keks& keks, const std::filesystem::path& file) {
  for (const auto& [label, check_value] : notes) {
    const auto found = keks.find(label);
    if (found == keks.end())
      return fail(own_kek_missing, {{"label", label}, {"path", file.string()}});
    if (check_value_of(found->second) != check_value)
      return fail(own_kek_changed, {{"label", label}, {"path", file.string()}});
  }
  return {};
}

/// Adds them, once the store has the newest noted: no row is sealed with a key before.
Status take_over(const Keks& keks, const OwnKek& settings, storage::Engine& engine,
                 key_vault::LiveKeyVault& vault) {
  FF_TRY(const auto notes, storage::read_kek_notes(engine));
  key_vault::LiveKeyVault trial(*vault.current());
  FF_CHECK(trial.add(keks));
  const auto wanted = trial.current();
  FF_CHECK(check(notes, wanted->keks(), settings.file));
  const auto newest = std::string(wanted->newest(own_kek_label));
  if (settings.needed && !notes.contains(newest)) {
    FF_CHECK(
        storage::note_kek(engine, newest, check_value_of(wanted->keks().find(newest)->second)));
  }
  FF_CHECK(vault.add(keks));
  return {};
}

}  // namespace

Status add_own_kek(const OwnKek& settings, storage::Engine& engine, Random& random,
                   key_vault::LiveKeyVault& vault) {
  if (vault.current()->contains(own_kek_label)) return take_over({}, settings, engine, vault);
  FF_TRY(auto keks, read(settings.file));
  if (!keks) {
    FF_TRY(const auto notes, storage::read_kek_notes(engine));
    // Never while rows may need another.
    if (notes.empty() && settings.needed) {
      FF_TRY(keks, make(settings.file, random));
    }
  }
  return take_over(keks.value_or(Keks()), settings, engine, vault);
}

Result<std::function<void()>> prepare_own_kek(
    const OwnKek& settings, storage::Engine& engine,
    const std::shared_ptr<key_vault::LiveKeyVault>& vault) {
  FF_TRY(auto keks, read(settings.file));
  if (!keks) return std::function<void()>([] {});
  key_vault::LiveKeyVault trial(*vault->current());
  FF_TRY(const auto added, trial.add(*keks));
  return std::function<void()>([settings, &engine, vault, added, keks = *std::move(keks)] {
    if (const auto taken = take_over(keks, settings, engine, *vault); !taken) {
      spdlog::error("msg=\"keys are not used\" path={} error=\"{}\"", settings.file.string(),
                    taken.error().message());
    } else if (added > 0) {
      spdlog::info("msg=\"key-encryption keys added\" keys={} path={}", added,
                   settings.file.string());
    }
  });
}

}  // namespace ff::app
