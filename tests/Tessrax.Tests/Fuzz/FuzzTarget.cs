namespace Tessrax.Tests.Fuzz;

/// <summary>One way into the project for bytes that a stranger made.</summary>
/// <param name="Name">As in <c>eng/fuzz.sh SECONDS NAME</c>.</param>
/// <param name="Seeds">Inputs to start from; at least one is accepted.</param>
/// <param name="Read">Reads the input and writes what it read; null if it was refused without an exception. A <see cref="TessraxException"/>
/// is a refusal too; anything else that is thrown is a fault.</param>
internal sealed record FuzzTarget(string Name, Func<IEnumerable<byte[]>> Seeds, Func<byte[], byte[]?> Read)
{
    /// <summary>The parsers of the project that it goes through: <c>Type.Method</c>.</summary>
    public IReadOnlyList<string> Covers { get; init; } = [];

    /// <summary>Whether what was written reads as the same again.</summary>
    public bool RoundTrips { get; init; } = true;

    /// <summary>Whether there is one form only: what is accepted is what would be written.</summary>
    public bool IsExact { get; init; }

    /// <summary>How many inputs cost as much as one ordinary one.</summary>
    public int Weight { get; init; } = 1;

    public override string ToString() => Name;
}
