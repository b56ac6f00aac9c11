// Notice: tells an actor what became of a commit, also when the committer ended without deciding.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "actors/support/caf_error.hpp"
#include "actors/support/committer.hpp"

namespace ff::application_server::integration {

/// `tell` is called once; like Release it may send messages and nothing else.
class Notice final : public actors::Release {
 public:
  explicit Notice(std::function<void(Status)> tell) : tell_(std::move(tell)) {}
  Notice(const Notice&) = delete;
  Notice& operator=(const Notice&) = delete;
  ~Notice() override { decide(fail(actors::receiver_down, {{"reason", "committer"}})); }
  void committed() noexcept override { decide({}); }
  void failed(const Error& error) noexcept override { decide(fail(error)); }

 private:
  void decide(Status status) noexcept {
    if (const auto tell = std::exchange(tell_, nullptr)) tell(std::move(status));
  }
  std::function<void(Status)> tell_;
};

}  // namespace ff::application_server::integration
