// Times and durations as JSON text.
#include <charconv>
#include <chrono>
#include <cstdlib>

#include "protocol/api_json/text.hpp"

namespace ff::api_json {
namespace {

constexpr std::int64_t seconds_min = -62135596800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t seconds_max = 253402300799;  // 9999-12-31T23:59:59Z
constexpr std::int64_t duration_seconds_max = 315576000000;
constexpr std::int64_t nanos_per_second = 1'000'000'000;
// Nanoseconds of ten thousand years need more than 64 bits.
__extension__ using Wide = __int128;

/// `width` (at most 18) decimal digits.
void append_digits(std::string& out, std::uint64_t value, int width) {
  char buffer[18];
  for (int i = width - 1; i >= 0; --i, value /= 10) buffer[i] = static_cast<char>('0' + value % 10);
  out.append(buffer, static_cast<std::size_t>(width));
}

void append_fraction(std::string& out, std::uint32_t nanos) {
  if (nanos == 0) return;
  out += '.';
  if (nanos % 1'000'000 == 0)
    append_digits(out, nanos / 1'000'000, 3);
  else if (nanos % 1'000 == 0)
    append_digits(out, nanos / 1'000, 6);
  else
    append_digits(out, nanos, 9);
}

/// Takes exactly `width` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t width) {
  int value = 0;
  if (text.size() < width) return std::nullopt;
  for (std::size_t i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text[0] != wanted) return false;
  text.remove_prefix(1);
  return true;
}

/// A field with a separator before it.
std::optional<int> take_field(std::string_view& text, char separator, int max) {
  if (separator != '\0' && !take(text, separator)) return std::nullopt;
  auto value = take_number(text, 2);
  return value && *value <= max ? value : std::nullopt;
}

/// What more than nine decimals are: an error in times, dropped in Go's durations.
enum class Excess : std::uint8_t { refused, dropped };

/// The decimals after a `.`; zero when there is none.
std::optional<std::int32_t> take_nanos(std::string_view& text, Excess excess) {
  if (!take(text, '.')) return 0;
  std::int32_t nanos = 0;
  std::size_t count = 0;
  for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count) {
    if (count < 9) {
      nanos = nanos * 10 + (text[count] - '0');
    } else if (excess == Excess::refused) {
      return std::nullopt;
    }
  }
  if (count == 0) return std::nullopt;
  text.remove_prefix(count);
  for (; count < 9; ++count) nanos *= 10;
  return nanos;
}

/// `Z`, or `+hh:mm` if `offsets`; the whole rest of `text`. Seconds east of Greenwich.
std::optional<std::int64_t> take_zone(std::string_view& text, bool offsets) {
  if (text == "Z") return 0;
  if (!offsets || text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  bool west = text[0] == '-';
  text.remove_prefix(1);
  auto hours = take_field(text, '\0', 23);
  auto minutes = take_field(text, ':', 59);
  if (!hours || !minutes || !text.empty()) return std::nullopt;
  std::int64_t offset = *hours * 3600 + *minutes * 60;
  return west ? -offset : offset;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  auto year = take_number(text, 4);
  auto month = year ? take_field(text, '-', 12) : std::nullopt;
  auto day = month ? take_field(text, '-', 31) : std::nullopt;
  if (!day || *year < 1) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(*year),
                                   std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86400};
}

std::optional<std::int64_t> take_clock(std::string_view& text) {
  auto hour = take_field(text, 'T', 23);
  auto minute = hour ? take_field(text, ':', 59) : std::nullopt;
  auto second = minute ? take_field(text, ':', 59) : std::nullopt;
  if (!second) return std::nullopt;
  return *hour * 3600 + *minute * 60 + *second;
}

struct Unit {
  std::string_view name;
  std::int64_t nanos;
};
// Longer names first: `m` is the start of `ms`.
constexpr Unit units_of_go[] = {{"ns", 1},
                                {"us", 1'000},
                                {"\u00b5s", 1'000},
                                {"\u03bcs", 1'000},
                                {"ms", 1'000'000},
                                {"s", nanos_per_second},
                                {"m", 60 * nanos_per_second},
                                {"h", 3600 * nanos_per_second}};

std::optional<std::int64_t> take_unit(std::string_view& text) {
  for (const auto& [name, nanos] : units_of_go) {
    if (text.starts_with(name)) {
      text.remove_prefix(name.size());
      return nanos;
    }
  }
  return std::nullopt;
}

/// One `number unit` of Go's syntax, in nanoseconds.
std::optional<Wide> take_term(std::string_view& text, Excess excess) {
  Wide whole = 0;
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') {
    if (count == 18) return std::nullopt;
    whole = whole * 10 + (text[count++] - '0');
  }
  text.remove_prefix(count);
  bool fraction = !text.empty() && text[0] == '.';
  if (count == 0 && !fraction) return std::nullopt;
  auto billionths = take_nanos(text, excess);
  auto unit = billionths ? take_unit(text) : std::nullopt;
  if (!unit) return std::nullopt;
  return whole * *unit + Wide{*billionths} * *unit / nanos_per_second;
}

}  // namespace

bool append_timestamp(std::string& out, SecondsNanos time) {
  if (time.seconds < seconds_min || time.seconds > seconds_max || time.nanos < 0 ||
      time.nanos >= nanos_per_second) {
    return false;
  }
  std::chrono::sys_seconds instant{std::chrono::seconds(time.seconds)};
  auto day = std::chrono::floor<std::chrono::days>(instant);
  std::chrono::year_month_day date(day);
  auto clock = static_cast<std::uint64_t>((instant - day).count());
  append_digits(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, clock / 3600, 2);
  out += ':';
  append_digits(out, clock / 60 % 60, 2);
  out += ':';
  append_digits(out, clock % 60, 2);
  append_fraction(out, static_cast<std::uint32_t>(time.nanos));
  out += 'Z';
  return true;
}

std::optional<SecondsNanos> parse_timestamp(std::string_view text, bool offsets) {
  auto date = take_date(text);
  auto clock = date ? take_clock(text) : std::nullopt;
  auto nanos = clock ? take_nanos(text, Excess::refused) : std::nullopt;
  auto zone = nanos ? take_zone(text, offsets) : std::nullopt;
  if (!zone) return std::nullopt;
  SecondsNanos time{*date + *clock - *zone, *nanos};
  if (time.seconds < seconds_min || time.seconds > seconds_max) return std::nullopt;
  return time;
}

bool append_duration(std::string& out, SecondsNanos duration) {
  auto [seconds, nanos] = duration;
  if (seconds < -duration_seconds_max || seconds > duration_seconds_max ||
      nanos <= -nanos_per_second || nanos >= nanos_per_second)
    return false;
  if ((seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) return false;
  if (seconds < 0 || nanos < 0) out += '-';
  out += std::to_string(std::llabs(seconds));
  append_fraction(out, static_cast<std::uint32_t>(std::abs(nanos)));
  out += 's';
  return true;
}

std::optional<SecondsNanos> parse_duration(std::string_view text, bool units) {
  bool negative = !text.empty() && text[0] == '-';
  if (negative || (units && !text.empty() && text[0] == '+')) text.remove_prefix(1);
  if (units && text == "0") return SecondsNanos{};
  // Without units, digits and then nothing but the `s` of seconds.
  if (!units && (!text.ends_with('s') || text.find_first_not_of("0123456789.") != text.size() - 1))
    return std::nullopt;
  Wide total = 0;
  do {
    auto term = take_term(text, units ? Excess::dropped : Excess::refused);
    if (!term) return std::nullopt;
    total += *term;
    if (total > Wide{duration_seconds_max} * nanos_per_second) return std::nullopt;
  } while (!text.empty());
  if (negative) total = -total;
  return SecondsNanos{static_cast<std::int64_t>(total / nanos_per_second),
                      static_cast<std::int32_t>(total % nanos_per_second)};
}

}  // namespace ff::api_json
