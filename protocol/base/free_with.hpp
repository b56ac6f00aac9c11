// Owners for objects of C libraries.
#pragma once

namespace ff {

/// A deleter: `std::unique_ptr<BIO, FreeWith<&BIO_free_all>>`.
template <auto free_function>
struct FreeWith {
  template <class T>
  void operator()(T* object) const noexcept {
    free_function(object);
  }
};

}  // namespace ff
