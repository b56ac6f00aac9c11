#include "protocol/key_vault/key_vault.hpp"

#include <charconv>

#include "protocol/base/hex.hpp"
#include "protocol/crypto/aes128.hpp"
#include "protocol/crypto/key_wrap.hpp"

namespace ff::key_vault {
namespace {

/// A generation is `label@n`, n from 2; the label alone is the first. 0: not one of `label`.
std::uint32_t generation_of(std::string_view candidate, std::string_view label) {
  if (!candidate.starts_with(label)) return 0;
  candidate.remove_prefix(label.size());
  if (candidate.empty()) return 1;
  if (candidate.front() != '@') return 0;
  std::uint32_t number = 0;
  const auto* end = candidate.data() + candidate.size();
  const auto [stop, error] = std::from_chars(candidate.data() + 1, end, number);
  return error == std::errc{} && stop == end && number >= 2 ? number : 0;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\"'");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\"'") - first + 1);
}

/// Adds the line's key. False: malformed.
bool read_line(std::string_view line, Keks& keks) {
  const auto colon = line.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto label = trimmed(line.substr(0, colon));
  auto key = parse_hex(trimmed(line.substr(colon + 1)));
  const bool sized = key && (key->size() == 16 || key->size() == 24 || key->size() == 32);
  return !label.empty() && sized && keks.emplace(std::string(label), *std::move(key)).second;
}

}  // namespace

KeyVault::~KeyVault() {
  for (auto& [label, key] : keks_) crypto::wipe(key);
}

std::string_view KeyVault::newest(std::string_view label) const {
  std::string_view best;
  std::uint32_t best_generation = 0;
  for (auto at = keks_.lower_bound(label); at != keks_.end() && at->first.starts_with(label);
       ++at) {
    const auto generation = generation_of(at->first, label);
    if (generation <= best_generation) continue;
    best_generation = generation;
    best = at->first;
  }
  return best;
}

Result<KeyEnvelope> KeyVault::wrap(const Aes128Key& key, std::string_view label) const {
  const auto found = keks_.find(newest(label));
  if (found == keks_.end()) return fail(key_not_found, {{"label", label}});
  FF_TRY(auto wrapped, crypto::wrap_key(key.bytes(), found->second));
  return KeyEnvelope{
      .key = std::nullopt, .kek_label = found->first, .encrypted_key = std::move(wrapped)};
}

Result<Aes128Key> KeyVault::unwrap(const KeyEnvelope& envelope) const {
  if (envelope.key) return *envelope.key;
  if (envelope.kek_label.empty()) {
    if (envelope.encrypted_key.size() != Aes128Key::size) return fail(crypto::invalid_length);
    return Aes128Key::from(envelope.encrypted_key);
  }
  const auto found = keks_.find(envelope.kek_label);
  if (found == keks_.end()) return fail(key_not_found, {{"label", envelope.kek_label}});
  return crypto::unwrap_aes128_key(envelope.encrypted_key, found->second);
}

Result<std::size_t> LiveKeyVault::add(const Keks& keks) {
  const auto before = current();
  Keks merged = before->keks();
  for (const auto& [label, key] : keks) {
    const auto [at, added] = merged.emplace(label, key);
    if (!added && at->second != key) return fail(changed_key, {{"label", label}});
  }
  const auto more = merged.size() - before->keks().size();
  if (more > 0) now_.store(std::make_shared<const KeyVault>(std::move(merged)));
  return more;
}

Result<Keks> parse_keks(std::string_view text) {
  Keks keks;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (!read_line(line, keks)) return fail(malformed_keys, {{"line", number}});
  }
  return keks;
}

std::string component_label(std::string_view component, std::string_view net_id,
                            std::string_view address) {
  std::string label(component);
  for (const auto part : {net_id, host_of(address)}) {
    if (part.empty()) continue;
    label += ':';
    for (const char c : part) label += c == ':' ? '_' : c;
  }
  return label;
}

std::string_view host_of(std::string_view address) {
  if (const auto scheme = address.find("://"); scheme != std::string_view::npos)
    address.remove_prefix(scheme + 3);
  address = address.substr(0, address.find('/'));
  if (address.starts_with('[')) {
    const auto end = address.find(']');
    return end == std::string_view::npos ? address : address.substr(1, end - 1);
  }
  const auto colon = address.find(':');
  // More colons than one: an IPv6 address without brackets.
  if (address.find(':', colon + 1) != std::string_view::npos && colon != std::string_view::npos)
    return address;
  return address.substr(0, colon);
}

}  // namespace ff::key_vault
