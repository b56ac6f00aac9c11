#include "protocol/base/time.hpp"

#include <array>

namespace ff {
namespace {

using std::chrono::seconds;

constexpr std::int64_t gps_epoch_unix = 315964800;

/// Unix seconds at which UTC fell behind GPS by one more second.
constexpr std::array<std::int64_t, 18> leaps = {
    362793600, 394329600,  425865600,  489024000,  567993600,  631152000,
    662688000, 709948800,  741484800,  773020800,  820454400,  867715200,
    915148800, 1136073600, 1230768000, 1341100800, 1435708800, 1483228800};

struct Civil {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

Civil civil_of(std::int64_t days) noexcept {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day())};
}

/// Appends the last `width` digits of `value`, which is not negative. Several times in each message
/// for applications, so not printf.
void append_digits(std::string& out, std::int64_t value, std::size_t width) {
  const auto begin = out.size();
  out.resize(begin + width);
  for (auto at = begin + width; at > begin; value /= 10)
    out[--at] = static_cast<char>('0' + value % 10);
}

/// Appends `.123`, `.123456` or `.123456789`, or nothing for zero.
void append_fraction(std::string& out, std::int64_t nanos) {
  if (nanos == 0) return;
  const std::size_t digits = nanos % 1'000'000 == 0 ? 3 : nanos % 1'000 == 0 ? 6 : 9;
  for (auto i = digits; i < 9; ++i) nanos /= 10;
  out += '.';
  append_digits(out, nanos, digits);
}

/// Reads exactly `count` digits at `text` and drops them.
bool take_digits(std::string_view& text, int count, int& value) {
  if (text.size() < static_cast<std::size_t>(count)) return false;
  value = 0;
  for (int i = 0; i < count; ++i) {
    char c = text[static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(static_cast<std::size_t>(count));
  return true;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

bool take_fraction(std::string_view& text, std::int64_t& nanos) {
  nanos = 0;
  if (!take(text, '.')) return true;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 9) nanos = nanos * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  for (int i = digits; i < 9; ++i) nanos *= 10;
  return digits > 0;
}

bool take_offset(std::string_view& text, std::int64_t& offset) {
  offset = 0;
  if (take(text, 'Z') || take(text, 'z')) return true;
  int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
  int hours = 0;
  int minutes = 0;
  if (sign == 0 || !take_digits(text, 2, hours) || !take(text, ':') ||
      !take_digits(text, 2, minutes)) {
    return false;
  }
  offset = sign * (hours * 3600 + minutes * 60);
  return hours < 24 && minutes < 60;
}

bool take_date(std::string_view& text, std::chrono::sys_days& date) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!take_digits(text, 4, year) || !take(text, '-') || !take_digits(text, 2, month) ||
      !take(text, '-') || !take_digits(text, 2, day)) {
    return false;
  }
  const std::chrono::year_month_day ymd{std::chrono::year{year},
                                        std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(day)}};
  date = ymd;
  return ymd.ok() && year >= 1678 && year <= 2261;
}

bool take_time_of_day(std::string_view& text, std::int64_t& second_of_day) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!take_digits(text, 2, hour) || !take(text, ':') || !take_digits(text, 2, minute) ||
      !take(text, ':') || !take_digits(text, 2, second)) {
    return false;
  }
  second_of_day = hour * 3600 + minute * 60 + second;
  return hour < 24 && minute < 60 && second < 61;
}

}  // namespace

GpsTime to_gps(UtcTime utc) noexcept {
  auto unix_seconds = std::chrono::floor<seconds>(utc.time_since_epoch()).count();
  std::int64_t leap = 0;
  for (auto at : leaps) leap += unix_seconds >= at ? 1 : 0;
  return GpsTime{utc.time_since_epoch() + seconds{leap - gps_epoch_unix}};
}

UtcTime to_utc(GpsTime gps) noexcept {
  auto gps_seconds = std::chrono::floor<seconds>(gps.time_since_epoch()).count();
  std::int64_t leap = 0;
  for (auto at : leaps) leap += gps_seconds >= at - gps_epoch_unix + leap + 1 ? 1 : 0;
  return UtcTime{gps.time_since_epoch() + seconds{gps_epoch_unix - leap}};
}

void append_rfc3339(std::string& out, UtcTime utc) {
  auto since_epoch = utc.time_since_epoch();
  auto whole = std::chrono::floor<seconds>(since_epoch);
  auto days = std::chrono::floor<std::chrono::days>(since_epoch);
  auto date = civil_of(days.count());
  auto of_day = (whole - days).count();
  append_digits(out, date.year, 4);
  out += '-';
  append_digits(out, date.month, 2);
  out += '-';
  append_digits(out, date.day, 2);
  out += 'T';
  append_digits(out, of_day / 3600, 2);
  out += ':';
  append_digits(out, of_day / 60 % 60, 2);
  out += ':';
  append_digits(out, of_day % 60, 2);
  append_fraction(out, (since_epoch - whole).count());
  out += 'Z';
}

std::string to_rfc3339(UtcTime utc) {
  std::string text;
  append_rfc3339(text, utc);
  return text;
}

std::optional<UtcTime> parse_rfc3339(std::string_view text) {
  std::chrono::sys_days date;
  std::int64_t second_of_day = 0;
  std::int64_t nanos = 0;
  std::int64_t offset = 0;
  if (!take_date(text, date) || !(take(text, 'T') || take(text, 't')) ||
      !take_time_of_day(text, second_of_day) || !take_fraction(text, nanos) ||
      !take_offset(text, offset) || !text.empty()) {
    return std::nullopt;
  }
  return UtcTime{date.time_since_epoch() + seconds{second_of_day - offset} + Duration{nanos}};
}

void append_duration_text(std::string& out, Duration duration) {
  auto count = duration.count();
  if (count < 0) {
    out += '-';
    count = -count;
  }
  out += std::to_string(count / 1'000'000'000);
  append_fraction(out, count % 1'000'000'000);
  out += 's';
}

std::string to_duration_text(Duration duration) {
  std::string text;
  append_duration_text(text, duration);
  return text;
}

}  // namespace ff
