// A small DNS server on a port of loopback: answers each name with what a test gave it, and keeps
// the names that were asked for.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "net/dns/srv.hpp"

namespace ff::net::dns::test {

class DnsServer {
 public:
  enum class Refusal : std::uint8_t { no_such_name = 3, server_failure = 2, silence = 0xff };

  DnsServer() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~DnsServer() {
    ends_ = true;
    thread_.join();
    ::close(socket_);
  }
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  Resolver resolver() const {
    return {.server = *Endpoint::parse("127.0.0.1:" + std::to_string(port_)), .patience = 1};
  }
  /// Names that are not put do not exist.
  void put(const std::string& name, std::vector<Service> services) {
    const std::scoped_lock lock(mutex_);
    names_[name] = std::move(services);
  }
  void refuse(const std::string& name, Refusal refusal) {
    const std::scoped_lock lock(mutex_);
    refusals_[name] = refusal;
  }
  std::vector<std::string> asked() {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }

 private:
  static void put_name(const std::string& name, Bytes& out) {
    for (std::size_t first = 0; first < name.size();) {
      const auto dot = std::min(name.find('.', first), name.size());
      out.push_back(static_cast<std::uint8_t>(dot - first));
      out.insert(out.end(), name.begin() + static_cast<std::ptrdiff_t>(first),
                 name.begin() + static_cast<std::ptrdiff_t>(dot));
      first = dot + 1;
    }
    out.push_back(0);
  }
  static void put_number(std::uint32_t number, int bytes, Bytes& out) {
    for (int i = bytes - 1; i >= 0; --i)
      out.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  }
  static std::string name_in(ByteView query) {
    std::string name;
    for (std::size_t at = 12; at < query.size() && query[at] != 0; at += query[at] + 1U) {
      if (!name.empty()) name += '.';
      name += as_text(query.subspan(at + 1, query[at]));
    }
    return name;
  }

  Bytes answer_to(ByteView query, const std::string& name) const {
    const auto found = names_.find(name);
    const auto refusal = refusals_.find(name);
    const auto code = refusal != refusals_.end() ? static_cast<std::uint32_t>(refusal->second)
                      : found == names_.end()    ? 3U
                                                 : 0U;
    Bytes out(query.begin(), query.begin() + 2);
    put_number(0x8180U | code, 2, out);
    put_number(1, 2, out);
    put_number(code == 0 ? static_cast<std::uint32_t>(found->second.size()) : 0, 2, out);
    put_number(0, 4, out);
    out.insert(out.end(), query.begin() + 12,
               query.begin() + 12 + static_cast<std::ptrdiff_t>(name.size()) + 6);
    if (code != 0) return out;
    for (const auto& service : found->second) {
      Bytes data;
      for (const auto number : {service.priority, service.weight, service.port})
        put_number(number, 2, data);
      put_name(service.host, data);
      put_number(0xc00c, 2, out);  // the name asked for
      put_number(33, 2, out);
      put_number(1, 2, out);
      put_number(60, 4, out);
      put_number(static_cast<std::uint32_t>(data.size()), 2, out);
      out.insert(out.end(), data.begin(), data.end());
    }
    return out;
  }

  void serve() {
    while (!ends_) {
      pollfd ready{socket_, POLLIN, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      Bytes query(512);
      sockaddr_in from{};
      socklen_t size = sizeof(from);
      const auto got = ::recvfrom(socket_, query.data(), query.size(), 0,
                                  reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 17) continue;
      query.resize(static_cast<std::size_t>(got));
      const auto name = name_in(query);
      const std::scoped_lock lock(mutex_);
      asked_.push_back(name);
      const auto refusal = refusals_.find(name);
      if (refusal != refusals_.end() && refusal->second == Refusal::silence) continue;
      const auto answer = answer_to(query, name);
      ::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> ends_ = false;
  std::mutex mutex_;
  std::map<std::string, std::vector<Service>> names_;
  std::map<std::string, Refusal> refusals_;
  std::vector<std::string> asked_;
  std::thread thread_;
};

}  // namespace ff::net::dns::test
