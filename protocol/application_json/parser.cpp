#include "protocol/application_json/parser.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "protocol/api_json/reader.hpp"
#include "protocol/api_json/text.hpp"
#include "protocol/base/base64.hpp"

namespace ff::application_json {
namespace {

using api_json::Reader;
using Kind = Reader::Kind;

constexpr std::size_t frm_payload_max = 255;
constexpr std::size_t session_key_id_max = 2048;
constexpr std::size_t correlation_id_max = 100;
constexpr std::uint32_t retry_attempts_max = 100;
constexpr std::array<std::string_view, 7> priority_names = {
    "LOWEST", "LOW", "BELOW_NORMAL", "NORMAL", "ABOVE_NORMAL", "HIGH", "HIGHEST"};

tl::unexpected<Error> invalid(std::string_view field, std::string_view reason) {
  return fail(invalid_downlink, {{"field", field}, {"reason", reason}});
}

/// `frmPayload` as `frm_payload`.
std::string snake_case(std::string_view name) {
  std::string out;
  out.reserve(name.size() + 4);
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper) out += '_';
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

/// Calls `read(name)` for every member of the next object that is not null; `read` consumes the
/// value.
template <class Read>
Status members(Reader& in, Read&& read) {
  FF_CHECK(in.begin_object());
  for (;;) {
    FF_TRY(const auto key, in.next_key());
    if (!key) return {};
    if (in.peek() == Kind::null) {
      FF_CHECK(in.null());
    } else {
      FF_CHECK(read(snake_case(*key)));
    }
  }
}

/// Calls `read()` for every element of the next array, of at most `max`.
template <class Read>
Status elements(Reader& in, std::string_view field, std::size_t max, Read&& read) {
  FF_CHECK(in.begin_array());
  for (std::size_t count = 0;; ++count) {
    FF_TRY(const bool more, in.next_element());
    if (!more) return {};
    if (count == max) return invalid(field, "too many");
    FF_CHECK(read());
  }
}

/// A whole number from its text; `5`, `5.0` and `0.5e1` are the same number.
std::optional<std::uint32_t> whole_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto* end = text.data() + text.size();
  if (const auto [at, error] = std::from_chars(text.data(), end, value);
      error == std::errc{} && at == end)
    return value;
  double number = 0;
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || at != end) return std::nullopt;
  constexpr double max = std::numeric_limits<std::uint32_t>::max();
  if (!(number >= 0 && number <= max) || std::trunc(number) < number) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

Result<std::uint32_t> read_number(Reader& in, std::string_view field) {
  std::optional<std::uint32_t> value;
  if (in.peek() == Kind::string) {
    FF_TRY(const auto text, in.string());
    value = whole_number(text);
  } else {
    FF_TRY(const auto text, in.number());
    value = whole_number(text);
  }
  if (!value) return invalid(field, "is not a 32-bit number");
  return *value;
}

bool is_finite(std::string_view text) {
  const auto number = api_json::parse_double(text);
  return number && std::isfinite(*number);
}

/// Reads over a value of a decoded payload that is at `depth`. As deep as that may be.
Status check_payload(Reader& in, std::size_t depth) {
  const auto kind = in.peek();
  if (kind == Kind::number) {
    FF_TRY(const auto text, in.number());
    if (!is_finite(text)) return invalid("decoded_payload", "has a number out of range");
    return {};
  }
  if (kind != Kind::object && kind != Kind::array) return in.skip();
  if (depth == payload_depth_max) return invalid("decoded_payload", "is nested too deep");
  FF_CHECK(kind == Kind::object ? in.begin_object() : in.begin_array());
  for (;;) {
    bool more = false;
    if (kind == Kind::object) {
      FF_TRY(const auto key, in.next_key());
      more = key.has_value();
    } else {
      FF_TRY(more, in.next_element());
    }
    if (!more) return {};
    FF_CHECK(check_payload(in, depth + 1));
  }
}

/// A number, or `{"value": number}`.
Result<std::uint32_t> read_wrapped_number(Reader& in, std::string_view field) {
  if (in.peek() != Kind::object) return read_number(in, field);
  std::uint32_t value = 0;
  const auto status = members(in, [&](const std::string& name) -> Status {
    if (name != "value") return in.skip();
    FF_TRY(value, read_number(in, field));
    return {};
  });
  FF_CHECK(status);
  return value;
}

Result<Bytes> read_base64(Reader& in, std::string_view field, std::size_t max) {
  FF_TRY(const auto text, in.string());
  auto bytes = base64_decode(text);
  if (!bytes) return invalid(field, "is not base64");
  if (bytes->size() > max) return invalid(field, "is too long");
  return *std::move(bytes);
}

Result<TxPriority> read_priority(Reader& in) {
  if (in.peek() == Kind::number) {
    FF_TRY(const auto number, read_number(in, "priority"));
    if (number >= priority_names.size()) return invalid("priority", "is unknown");
    return static_cast<TxPriority>(number);
  }
  FF_TRY(const auto name, in.string());
  for (std::size_t i = 0; i < priority_names.size(); ++i) {
    if (name == priority_names[i] || name == std::to_string(i)) return static_cast<TxPriority>(i);
  }
  return invalid("priority", "is unknown");
}

Result<GatewayIdentifiers> read_gateway_ids(Reader& in) {
  GatewayIdentifiers ids;
  const auto status = members(in, [&](const std::string& name) -> Status {
    if (name == "gateway_id") {
      FF_TRY(const auto text, in.string());
      FF_TRY(ids.gateway_id, parse_gateway_id(text));
      return {};
    }
    if (name != "eui") return in.skip();
    FF_TRY(const auto text, in.string());
    ids.eui = parse_gateway_eui(text);
    if (!ids.eui) return invalid("eui", "is not 16 hex digits");
    return {};
  });
  FF_CHECK(status);
  if (ids.gateway_id.empty()) return invalid("gateway_ids", "has no gateway_id");
  return ids;
}

Result<ClassBCGateway> read_gateway(Reader& in) {
  ClassBCGateway gateway;
  bool identified = false;
  const auto status = members(in, [&](const std::string& name) -> Status {
    if (name == "gateway_ids") {
      FF_TRY(gateway.gateway, read_gateway_ids(in));
      identified = true;
      return {};
    }
    if (name == "antenna_index") {
      FF_TRY(gateway.antenna_index, read_number(in, name));
      return {};
    }
    if (name == "group_index") {
      FF_TRY(gateway.group_index, read_number(in, name));
      return {};
    }
    return in.skip();
  });
  FF_CHECK(status);
  if (!identified) return invalid("gateways", "has no gateway_ids");
  return gateway;
}

Result<ClassBC> read_class_b_c(Reader& in, const DownlinkLimits& limits) {
  ClassBC out;
  const auto status = members(in, [&](const std::string& name) -> Status {
    if (name == "gateways") {
      return elements(in, name, limits.gateways, [&]() -> Status {
        FF_TRY(auto gateway, read_gateway(in));
        out.gateways.push_back(std::move(gateway));
        return {};
      });
    }
    if (name != "absolute_time") return in.skip();
    FF_TRY(const auto text, in.string());
    out.absolute_time = parse_rfc3339(text);
    if (!out.absolute_time) return invalid(name, "is not an RFC 3339 time");
    return {};
  });
  FF_CHECK(status);
  return out;
}

Result<ConfirmedRetry> read_retry(Reader& in) {
  ConfirmedRetry retry;
  const auto status = members(in, [&](const std::string& name) -> Status {
    if (name == "attempt") {
      FF_TRY(retry.attempt, read_number(in, name));
      return {};
    }
    if (name != "max_attempts") return in.skip();
    FF_TRY(retry.max_attempts, read_wrapped_number(in, name));
    const bool valid = *retry.max_attempts >= 1 && *retry.max_attempts <= retry_attempts_max;
    if (!valid) return invalid(name, "is not between 1 and 100");
    return {};
  });
  FF_CHECK(status);
  return retry;
}

/// One downlink, member by member.
struct DownlinkReader {
  Reader& in;
  std::string_view json;
  const DownlinkLimits& limits;
  ApplicationDownlink out;

  Status read_f_port() {
    FF_TRY(const auto number, read_number(in, "f_port"));
    if (number > 255 || number == 224) return invalid("f_port", "is not a port of applications");
    out.f_port = FPort{static_cast<std::uint8_t>(number)};
    return {};
  }
  Status read_decoded_payload() {
    if (in.peek() != Kind::object) return invalid("decoded_payload", "is not an object");
    const auto begin = in.offset();
    FF_CHECK(check_payload(in, 0));
    out.decoded_payload_json = json.substr(begin, in.offset() - begin);
    return {};
  }
  Status read_correlation_ids() {
    return elements(in, "correlation_ids", limits.correlation_ids, [&]() -> Status {
      FF_TRY(auto id, in.string());
      if (id.size() > correlation_id_max) return invalid("correlation_ids", "is too long");
      out.correlation_ids.push_back(std::move(id));
      return {};
    });
  }
  Status operator()(const std::string& name) {
    if (name == "f_port") return read_f_port();
    if (name == "decoded_payload") return read_decoded_payload();
    if (name == "correlation_ids") return read_correlation_ids();
    if (name == "frm_payload") {
      FF_TRY(out.frm_payload, read_base64(in, name, frm_payload_max));
    } else if (name == "session_key_id") {
      FF_TRY(out.session_key_id, read_base64(in, name, session_key_id_max));
    } else if (name == "f_cnt") {
      FF_TRY(const auto number, read_number(in, name));
      out.f_cnt = FCnt32{number};
    } else if (name == "confirmed") {
      FF_TRY(out.confirmed, in.boolean());
    } else if (name == "priority") {
      FF_TRY(out.priority, read_priority(in));
    } else if (name == "class_b_c") {
      FF_TRY(out.class_b_c, read_class_b_c(in, limits));
    } else if (name == "confirmed_retry") {
      FF_TRY(out.confirmed_retry, read_retry(in));
    } else {
      return in.skip();
    }
    return {};
  }
};

Status read_document(Reader& in, std::string_view json, const DownlinkLimits& limits,
                     std::vector<ApplicationDownlink>& out) {
  const auto status = members(in, [&](const std::string& name) -> Status {
    if (name != "downlinks") return in.skip();
    return elements(in, name, limits.downlinks, [&]() -> Status {
      DownlinkReader reader{in, json, limits, {}};
      FF_CHECK(members(in, reader));
      out.push_back(std::move(reader.out));
      return {};
    });
  });
  FF_CHECK(status);
  return in.end();
}

}  // namespace

Result<std::vector<ApplicationDownlink>> parse_downlinks(std::string_view json,
                                                         const DownlinkLimits& limits) {
  if (json.size() > limits.document_size)
    return fail(malformed_json, {{"reason", "the document is too large"}});
  Reader in(json);
  std::vector<ApplicationDownlink> out;
  const auto status = read_document(in, json, limits, out);
  if (status) return out;
  if (status.error().is(invalid_downlink) || status.error().is(invalid_id))
    return fail(status.error());
  return fail(Error(malformed_json, {{"reason", "the document is not the JSON expected"}})
                  .caused_by(status.error()));
}

}  // namespace ff::application_json
