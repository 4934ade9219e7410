//! The methods of the operations that have no call of their own in [`Orders`].

use crate::api::operation::{self, for_each_operation};
use crate::client::account::Account;
use crate::client::orders::Orders;
use crate::error::Result;
use crate::schema::request::IntoFields;

/// Makes a method of every row except `create` and `status`, which payments and payouts share.
macro_rules! methods {
    ($(
        $(#[doc = $doc:literal])*
        $constant:ident = $resource:ident.$method:ident, $path:literal, $cert:ident,
            $kind:ident $(($creates:ident))?,
            $input:ident $(($request:ident))? => $reply:ident, $source:literal;
    )*) => { $(
        methods! { @$resource $method $input $(($request))? => $reply, $constant,
            $(#[doc = $doc])*
            #[doc = ""]
            #[doc = concat!("Source: ", $source, ".")]
            ///
            /// # Errors
            /// As every call of a [`Client`](crate::Client).
            ///
            /// ```no_run
        }
    )* };
    (@$resource:ident create $($row:tt)*) => {};
    (@$resource:ident status $($row:tt)*) => {};
    (@payments $($row:tt)*) => { impl Orders<'_, $crate::schema::Payment> { methods! { @method payments $($row)* } } };
    (@payouts $($row:tt)*) => { impl Orders<'_, $crate::schema::Payout> { methods! { @method payouts $($row)* } } };
    (@account $($row:tt)*) => { impl Account<'_> { methods! { @method account $($row)* } } };
    (@method $resource:ident $method:ident Nothing => $reply:ident, $constant:ident, $($doc:tt)*) => {
        $($doc)*
        /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
        #[doc = concat!("let reply = client.", stringify!($resource), "().", stringify!($method), "()?;")]
        /// println!("{reply:?}");
        /// # Ok(()) }
        /// ```
        pub fn $method(&self) -> Result<$crate::schema::$reply> {
            self.client.call(&operation::$constant, Vec::new())
        }
    };
    (@method $resource:ident $method:ident Order => $reply:ident, $constant:ident, $($doc:tt)*) => {
        $($doc)*
        /// # fn call(client: &alikassa::Client) -> alikassa::Result<()> {
        /// let order = alikassa::OrderRef::order_id("A-1");
        #[doc = concat!("let reply = client.", stringify!($resource), "().", stringify!($method), "(&order)?;")]
        /// println!("{reply:?}");
        /// # Ok(()) }
        /// ```
        pub fn $method(&self, order: &$crate::schema::order::OrderRef) -> Result<$crate::schema::$reply> {
            let fields = order.clone().into_fields();
            self.client.call(&operation::$constant, fields)
        }
    };
    (@method $resource:ident $method:ident Fields($request:ident) => $reply:ident, $constant:ident, $($doc:tt)*) => {
        $($doc)*
        #[doc = concat!("# fn call(client: &alikassa::Client, request: alikassa::", stringify!($request), ") -> alikassa::Result<()> {")]
        #[doc = concat!("let reply = client.", stringify!($resource), "().", stringify!($method), "(request)?;")]
        /// println!("{reply:?}");
        /// # Ok(()) }
        /// ```
        pub fn $method(&self, request: $crate::schema::$request) -> Result<$crate::schema::$reply> {
            self.client.call(&operation::$constant, request.into_fields())
        }
    };
}
for_each_operation!(methods);
