namespace Tessrax.Hashing;

/// <summary>What computes one operation of one hash engine on this machine.</summary>
/// <param name="Engine">For example <c>sha256</c>.</param>
/// <param name="Operation"><c>one</c> input, <c>pairs</c> (a whole level of a tree), or <c>many</c> inputs (leaves).</param>
/// <param name="Backend">For example <c>openssl</c>, <c>native</c>, <c>lanes256</c>, <c>portable</c>.</param>
/// <param name="Reason">Why this one, and why not those that would have been faster.</param>
public sealed record HashBackend(string Engine, string Operation, string Backend, string Reason);
