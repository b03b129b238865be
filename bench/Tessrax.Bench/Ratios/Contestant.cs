namespace Tessrax.Bench.Ratios;

/// <summary>One way of doing a task, measured beside the others.</summary>
/// <param name="Name">As printed, after the name of the case.</param>
/// <param name="Run">Does the task so many times.</param>
internal sealed record Contestant(string Name, Action<int> Run);
