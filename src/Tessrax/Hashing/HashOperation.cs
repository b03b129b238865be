namespace Tessrax.Hashing;

/// <summary>The operations of a hash engine that are chosen apart: what is best for one input is not for many.</summary>
internal enum HashOperation
{
    /// <summary>One input, whole or in parts.</summary>
    One,

    /// <summary>A whole level of a tree.</summary>
    Pairs,

    /// <summary>Many inputs: leaves.</summary>
    Many,
}
