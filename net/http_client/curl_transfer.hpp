// INTERNAL to net/http_client: one request as libcurl sees it: an easy handle, what it points to,
// and what came back.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "net/http_client/client.hpp"

namespace ff::net::http_client {

/// One hop of a request after the other. Used on the client's thread only; does not move.
class Transfer {
 public:
  Transfer(ClientRequest request, HttpClient::Then then, const ClientOptions& options);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Sets the handle up for the present hop. Error: invalid_url, target_refused.
  Status prepare();
  CURL* handle() const noexcept { return easy_.get(); }

  /// The hop has ended. True: there is another one to prepare(); false: outcome() is final.
  bool finish(CURLcode code);
  Result<ClientAnswer>& outcome() noexcept { return outcome_; }
  HttpClient::Then& then() noexcept { return then_; }
  int redirects() const noexcept { return redirects_; }

 private:
  struct FreeEasy {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
  };
  struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };

  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_read(char* to, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_rewind(void* self, curl_off_t offset, int origin) noexcept;
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count,
                               void* self) noexcept;
  static curl_socket_t on_socket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;

  template <class Value>
  void set(CURLoption option, Value value) noexcept {
    curl_easy_setopt(easy_.get(), option, value);
  }
  Status check_url() const;
  void set_request();
  void set_body();
  void set_headers();
  void set_limits();
  void set_tls();
  void take_header(std::string_view line);
  Error error_of(CURLcode code) const;
  bool follow(int status);
  http::Headers kept_headers() const;

  const ClientOptions& options_;
  ClientRequest request_;
  HttpClient::Then then_;
  std::unique_ptr<CURL, FreeEasy> easy_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  Result<ClientAnswer> outcome_ = fail(stopped);
  Duration left_;
  int redirects_ = 0;

  // Of the present hop.
  std::size_t sent_ = 0;  ///< Of the request's body, if that is read bit by bit.
  std::string body_;
  bool whole_ = true;
  bool headers_complete_ = false;
  std::size_t header_size_ = 0;
  std::string refused_;  ///< An address that was not connected to.
  bool tried_ = false;   ///< Another one was.
};

}  // namespace ff::net::http_client
