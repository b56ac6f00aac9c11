#include "tools/sim/core/gateway_protocol.hpp"

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "protocol/base/base64.hpp"

namespace ff::sim {
namespace {

constexpr std::uint8_t protocol_version = 2;
constexpr std::size_t header_size = 12;
constexpr std::size_t server_header_size = 4;
constexpr double hz_per_mhz = 1e6;

constexpr std::array<std::string_view, tx_error_count> tx_error_names{
    "NONE",    "TOO_LATE",    "TOO_EARLY", "COLLISION_PACKET", "COLLISION_BEACON",
    "TX_FREQ", "GPS_UNLOCKED"};

template <class Out>
void add(Out& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

template <class Out, class Number>
void add_number(Out& out, Number number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  add(out, {digits.data(), static_cast<std::size_t>(end - digits.data())});
}

/// `868.100000`.
template <class Out>
void add_mhz(Out& out, Frequency frequency) {
  add_number(out, frequency.hz() / 1'000'000);
  std::array<char, 7> fraction{'.'};
  auto rest = frequency.hz() % 1'000'000;
  for (std::size_t i = fraction.size() - 1; i > 0; --i, rest /= 10) {
    fraction[i] = static_cast<char>('0' + rest % 10);
  }
  add(out, {fraction.data(), fraction.size()});
}

/// One decimal.
template <class Out>
void add_tenths(Out& out, float value) {
  const auto tenths = static_cast<int>(std::lround(value * 10));
  if (tenths < 0) add(out, "-");
  add_number(out, std::abs(tenths) / 10);
  add(out, ".");
  add_number(out, std::abs(tenths) % 10);
}

/// As gateways with an LR-FHSS demodulator name it; the grid has steps of 25 kHz where the channel
/// is wide, else of 3.9 kHz: eight of them or 52.
void add_lr_fhss(std::string& out, const LrFhssDataRate& rate) {
  add(out, R"(,"stat":1,"modu":"LR-FHSS","datr":"M)");
  add_number(out, unsigned{rate.modulation_type});
  add(out, "CW");
  add_number(out, rate.operating_channel_width_hz / 1000);
  add(out, rate.coding_rate == CodingRate::cr1_3 ? R"(","codr":"2/6","hpw":)"
                                                 : R"(","codr":"4/6","hpw":)");
  add_number(out, rate.operating_channel_width_hz > 1'000'000 ? 52 : 8);
}

void start(Bytes& out, PacketType type, PacketHeader header) {
  out.resize(header_size);
  out[0] = protocol_version;
  const MutableByteView bytes(out);
  write_be<2>(bytes.subspan(1), header.token);
  out[3] = static_cast<std::uint8_t>(type);
  write_be<8>(bytes.subspan(4), header.eui.value());
}

}  // namespace

std::string_view to_string(TxError error) noexcept {
  return tx_error_names[static_cast<std::size_t>(error)];
}

void write_frame_text(std::string& out, const FrameText& frame) {
  out.clear();
  add(out, R"(,"chan":)");
  add_number(out, unsigned{frame.channel} % 8);
  add(out, R"(,"rfch":0,"freq":)");
  add_mhz(out, frame.frequency);
  if (const auto* fsk = std::get_if<FskDataRate>(&frame.data_rate)) {
    add(out, R"(,"stat":1,"modu":"FSK","datr":)");
    add_number(out, fsk->bit_rate_bps);
  } else if (const auto* lora = std::get_if<LoraDataRate>(&frame.data_rate)) {
    add(out, R"(,"stat":1,"modu":"LORA","datr":"SF)");
    add_number(out, unsigned{lora->spreading_factor});
    add(out, "BW");
    add_number(out, lora->bandwidth_hz / 1000);
    add(out, R"(","codr":"4/5")");
  } else {
    add_lr_fhss(out, std::get<LrFhssDataRate>(frame.data_rate));
  }
  add(out, R"(,"size":)");
  add_number(out, frame.phy_payload.size());
  add(out, R"(,"data":")");
  base64_append(out, frame.phy_payload);
  add(out, R"("}]})");
}

void write_push_data(Bytes& out, PacketHeader header, const CopyOfFrame& copy,
                     std::string_view frame_text) {
  start(out, PacketType::push_data, header);
  add(out, R"({"rxpk":[{"tmst":)");
  add_number(out, copy.tmst);
  if (copy.gps_ms) {
    add(out, R"(,"tmms":)");
    add_number(out, *copy.gps_ms);
  }
  add(out, R"(,"rssi":)");
  add_number(out, copy.rssi_dbm);
  add(out, R"(,"lsnr":)");
  add_tenths(out, copy.snr_db);
  add(out, frame_text);
}

void write_status(Bytes& out, PacketHeader header, const GatewayStatus& status) {
  start(out, PacketType::push_data, header);
  add(out, R"({"stat":{"time":")");
  add(out, status.time);
  add(out, R"(","rxnb":)");
  add_number(out, status.received);
  add(out, R"(,"rxok":)");
  add_number(out, status.received);
  add(out, R"(,"rxfw":)");
  add_number(out, status.forwarded);
  add(out, R"(,"ackr":100.0,"dwnb":)");
  add_number(out, status.downlinks);
  add(out, R"(,"txnb":)");
  add_number(out, status.transmitted);
  add(out, "}}");
}

void write_pull_data(Bytes& out, PacketHeader header) {
  start(out, PacketType::pull_data, header);
}

void write_tx_ack(Bytes& out, PacketHeader header, TxError error) {
  start(out, PacketType::tx_ack, header);
  add(out, R"({"txpk_ack":{"error":")");
  add(out, to_string(error));
  add(out, R"("}})");
}

namespace {

namespace json = boost::json;

/// Reads a txpk's members; the first problem is kept and reported at the end.
class Fields {
 public:
  explicit Fields(const json::object& object) : object_(object) {}

  bool flag(std::string_view name) {
    const auto* value = object_.if_contains(name);
    if (value == nullptr) return false;
    if (value->is_bool()) return value->get_bool();
    problem(name);
    return false;
  }
  std::optional<std::int64_t> integer(std::string_view name) {
    const auto* value = object_.if_contains(name);
    if (value == nullptr) return std::nullopt;
    json::error_code error;
    const auto number = value->to_number<std::int64_t>(error);
    if (!error) return number;
    problem(name);
    return std::nullopt;
  }
  double number(std::string_view name) {
    const auto* value = object_.if_contains(name);
    json::error_code error;
    const auto number = value == nullptr ? 0.0 : value->to_number<double>(error);
    if (value == nullptr || error) problem(name);
    return error ? 0.0 : number;
  }
  std::string_view text(std::string_view name) {
    const auto* value = object_.if_contains(name);
    if (value != nullptr && value->is_string()) return value->get_string();
    problem(name);
    return {};
  }
  void problem(std::string_view name) {
    if (problem_.empty()) problem_ = std::string("txpk.") + std::string(name);
  }
  const std::string& problem() const noexcept { return problem_; }

 private:
  const json::object& object_;
  std::string problem_;
};

/// `SF7BW125`; nothing for other text.
std::optional<LoraDataRate> parse_lora(std::string_view text) {
  LoraDataRate lora;
  unsigned spreading_factor = 0;
  unsigned bandwidth_khz = 0;
  if (!text.starts_with("SF")) return std::nullopt;
  const auto* end = text.data() + text.size();
  auto read = std::from_chars(text.data() + 2, end, spreading_factor);
  const std::string_view rest(read.ptr, static_cast<std::size_t>(end - read.ptr));
  if (read.ec != std::errc{} || !rest.starts_with("BW")) return std::nullopt;
  read = std::from_chars(rest.data() + 2, end, bandwidth_khz);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  if (spreading_factor < 5 || spreading_factor > 12 || bandwidth_khz > 2000) return std::nullopt;
  lora.spreading_factor = static_cast<std::uint8_t>(spreading_factor);
  lora.bandwidth_hz = bandwidth_khz * 1000;
  return lora;
}

DataRate read_data_rate(Fields& fields) {
  const auto modulation = fields.text("modu");
  if (modulation == "FSK") {
    const auto bit_rate = fields.integer("datr").value_or(-1);
    if (bit_rate <= 0 || bit_rate > 1'000'000) fields.problem("datr");
    return FskDataRate{static_cast<std::uint32_t>(bit_rate)};
  }
  if (modulation != "LORA") fields.problem("modu");
  auto lora = parse_lora(fields.text("datr"));
  if (!lora) {
    fields.problem("datr");
    return LoraDataRate{};
  }
  lora->coding_rate = parse_coding_rate(fields.text("codr"));
  if (lora->coding_rate == CodingRate::none) fields.problem("codr");
  return *lora;
}

void read_time(Fields& fields, TxRequest& request) {
  request.immediate = fields.flag("imme");
  if (const auto tmst = fields.integer("tmst")) {
    if (*tmst < 0 || *tmst > std::int64_t{UINT32_MAX}) fields.problem("tmst");
    request.tmst = static_cast<std::uint32_t>(*tmst);
  }
  request.gps_ms = fields.integer("tmms");
  if (!request.immediate && !request.tmst && !request.gps_ms) fields.problem("tmst");
}

Result<TxRequest> read_tx_request(ByteView text) {
  json::error_code error;
  const auto value = json::parse(json::string_view(as_text(text)), error);
  const auto* root = error ? nullptr : value.if_object();
  const auto* member = root == nullptr ? nullptr : root->if_contains("txpk");
  const auto* object = member == nullptr ? nullptr : member->if_object();
  if (object == nullptr) return fail(bad_server_packet, {{"reason", "no txpk object"}});
  Fields fields(*object);
  TxRequest request;
  read_time(fields, request);
  const auto mhz = fields.number("freq");
  if (!(mhz > 0 && mhz < 10'000)) fields.problem("freq");
  request.frequency = Frequency::hz(static_cast<std::uint64_t>(std::llround(mhz * hz_per_mhz)));
  request.data_rate = read_data_rate(fields);
  request.inverted_polarity = fields.flag("ipol");
  request.power_dbm = fields.number("powe");
  auto payload = base64_decode(fields.text("data"));
  if (!payload || payload->empty() || payload->size() > 255) fields.problem("data");
  if (payload) request.phy_payload = *std::move(payload);
  const auto size = fields.integer("size").value_or(-1);
  if (size != static_cast<std::int64_t>(request.phy_payload.size())) fields.problem("size");
  if (!fields.problem().empty()) return fail(bad_server_packet, {{"reason", fields.problem()}});
  return request;
}

}  // namespace

Result<ServerPacket> parse_server_packet(ByteView datagram) {
  if (datagram.size() < server_header_size || datagram[0] != protocol_version) {
    return fail(bad_server_packet, {{"reason", "header"}});
  }
  const auto token = static_cast<std::uint16_t>(read_be<2>(datagram.subspan(1)));
  const auto type = static_cast<PacketType>(datagram[3]);
  if (type == PacketType::pull_resp) {
    FF_TRY(auto request, read_tx_request(datagram.subspan(server_header_size)));
    request.token = token;
    return ServerPacket{std::move(request)};
  }
  const bool acknowledges = type == PacketType::push_ack || type == PacketType::pull_ack;
  if (!acknowledges || datagram.size() != server_header_size) {
    return fail(bad_server_packet, {{"reason", "type"}});
  }
  return ServerPacket{Acknowledgement{type, token}};
}

}  // namespace ff::sim
