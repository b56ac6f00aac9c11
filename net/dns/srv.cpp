#include "net/dns/srv.hpp"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <array>

namespace ff::net::dns {
namespace {

constexpr int attempts = 2;
constexpr std::size_t answer_size_max = 65'535;
/// Priority, weight and port, before the host.
constexpr std::size_t fixed_size = 6;

class ResolverState {
 public:
  ResolverState() { is_ready_ = res_ninit(&state_) == 0; }
  ~ResolverState() {
    if (is_ready_) res_nclose(&state_);
  }
  ResolverState(const ResolverState&) = delete;
  ResolverState& operator=(const ResolverState&) = delete;

  bool is_ready() const noexcept { return is_ready_; }
  struct __res_state& get() noexcept {
    return state_;
  }

 private:
  struct __res_state state_ {};
  bool is_ready_ = false;
};

bool put_server(const Endpoint& server, struct __res_state& state) {
  auto& address = state.nsaddr_list[0];
  address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  state.nscount = 1;
  const auto text = server.to_string();
  return inet_pton(AF_INET, text.substr(0, text.rfind(':')).c_str(), &address.sin_addr) == 1;
}

std::string_view reason_of(int error) {
  switch (error) {
    case TRY_AGAIN:
      return "no answer";
    case NO_RECOVERY:
      return "the server refuses";
    default:
      return "the resolver has failed";
  }
}

/// Nothing: the record is malformed.
std::optional<Service> service_of(const ns_msg& message, const ns_rr& record) {
  const auto* data = ns_rr_rdata(record);
  if (ns_rr_rdlen(record) <= fixed_size) return std::nullopt;
  const ByteView bytes(data, ns_rr_rdlen(record));
  std::array<char, NS_MAXDNAME> host{};
  const auto used = ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), data + fixed_size,
                                       host.data(), host.size());
  if (used < 0) return std::nullopt;
  const auto number = [&](std::size_t at) {
    return static_cast<std::uint16_t>(read_be<2>(bytes.subspan(at, 2)));
  };
  return Service{number(0), number(2), number(4), host.data()};
}

}  // namespace

Result<std::vector<Service>> services_in(ByteView answer) {
  ns_msg message{};
  if (answer.size() > answer_size_max ||
      ns_initparse(answer.data(), static_cast<int>(answer.size()), &message) != 0)
    return fail(malformed_answer);
  std::vector<Service> out;
  const int count = ns_msg_count(message, ns_s_an);
  for (int i = 0; i < count && out.size() < services_max; ++i) {
    ns_rr record{};
    if (ns_parserr(&message, ns_s_an, i, &record) != 0) return fail(malformed_answer);
    // An alias may come before.
    if (ns_rr_type(record) != ns_t_srv || ns_rr_class(record) != ns_c_in) continue;
    auto service = service_of(message, record);
    if (!service) return fail(malformed_answer);
    // The root as the host says that the service is decidedly not available.
    if (!service->host.empty() && service->host != ".") out.push_back(*std::move(service));
  }
  return out;
}

Result<std::vector<Service>> find_services(const std::string& name, const Resolver& resolver) {
  const auto failed = [&](std::string_view reason) {
    return fail(lookup_failed, {{"name", name}, {"reason", reason}});
  };
  ResolverState state;
  if (!state.is_ready()) return failed("there is no resolver");
  state.get().retrans = resolver.patience;
  state.get().retry = attempts;
  if (resolver.server && !put_server(*resolver.server, state.get()))
    return failed("the server's address is none of IPv4");
  Bytes answer(answer_size_max);
  const auto size = res_nquery(&state.get(), name.c_str(), ns_c_in, ns_t_srv, answer.data(),
                               static_cast<int>(answer.size()));
  if (size < 0) {
    const auto error = state.get().res_h_errno;
    if (error == HOST_NOT_FOUND || error == NO_DATA) return std::vector<Service>();
    return failed(reason_of(error));
  }
  return services_in(
      ByteView(answer).first(std::min<std::size_t>(static_cast<std::size_t>(size), answer.size())));
}

std::vector<Service> in_order(std::vector<Service> services, Random& random) {
  std::ranges::stable_sort(services, {}, &Service::priority);
  for (auto first = services.begin(); first != services.end(); ++first) {
    const auto last = std::find_if(first, services.end(), [&](const Service& other) {
      return other.priority != first->priority;
    });
    std::uint64_t sum = 0;
    for (auto one = first; one != last; ++one) sum += one->weight;
    // Those without weight come first only if chance gives 0.
    std::uint64_t rest = random.below(sum + 1);
    auto chosen = first;
    while (std::next(chosen) != last && rest > chosen->weight) {
      rest -= chosen->weight;
      ++chosen;
    }
    std::rotate(first, chosen, std::next(chosen));
  }
  return services;
}

}  // namespace ff::net::dns
