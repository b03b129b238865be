using System.Buffers;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tessrax.Canonical;
using Tessrax.Tests.Fuzz;

namespace Tessrax.Api.Tests;

/// <summary>There is no value of a type yet that a call needs.</summary>
internal sealed class NoValueException(Type type) : Exception($"no {ApiMember.NameOf(type)} yet");

/// <summary>Makes arguments: sensible ones from the pool, the seeds and the scenes, or wild ones that a hostile caller could give.</summary>
/// <remarks>Null is given where the signature allows it, and nowhere else: what the compiler refuses is no input.</remarks>
internal sealed partial class ValueMaker(ValuePool pool, ApiScenes scenes, Random random)
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly int[] Sizes = [0, 1, 12, 16, 24, 32, 33, 64, 512, 4096];

    /// <summary>An argument.</summary>
    /// <exception cref="NoValueException">There is no value of its type yet.</exception>
    public object? Argument(ApiMember member, ParameterInfo parameter, bool isWild)
    {
        Type type = parameter.ParameterType;
        if (parameter.IsOut)
            return Default(type.GetElementType()!);
        if (type.IsByRef)
            type = type.GetElementType()!;
        string name = parameter.Name ?? "";
        bool isOptional = parameter.HasDefaultValue || MayBeNull(parameter);
        if (isOptional && random.Next(isWild ? 4 : 2) == 0)
            return parameter.HasDefaultValue && parameter.DefaultValue is { } usual and not DBNull
                ? Convert(usual, type)
                : Default(type);
        if (ApiScenes.IsPath(member, name, type))
            return isWild ? scenes.WildPath() : scenes.Path(name);
        if (Seeded(member, type, isWild) is { } seeded)
            return seeded;
        if (
            type == typeof(string)
            && !isWild
            && random.Next(2) == 0
            && ApiSeeds.Words(member, name) is { Count: > 0 } words
        )
            return words[random.Next(words.Count)];
        return Value(type, name, isWild);
    }

    /// <summary>A value of a type for a property or a parameter of a name.</summary>
    /// <exception cref="NoValueException">There is none yet.</exception>
    public object? Value(Type type, string name, bool isWild, int depth = 3)
    {
        if (Nullable.GetUnderlyingType(type) is { } some)
            return random.Next(3) == 0 ? null : Value(some, name, isWild, depth);
        if (ApiCalls.SpanOf(type) is { } element)
            return Items(element, name, isWild, depth);
        if (type.IsEnum)
            return EnumOf(type, isWild);
        return Scalar(type, name, isWild)
            ?? scenes.Fresh(type)
            ?? (type.IsAssignableTo(typeof(Delegate)) ? Function(type, depth) : null)
            ?? Outside(type, name, isWild)
            ?? Collection(type, name, isWild, depth)
            ?? pool.Pick(type)
            ?? throw new NoValueException(type);
    }

    /// <summary>Sets what a new value must be given, and some of what it may.</summary>
    public void Complete(object made, bool isWild)
    {
        foreach (
            PropertyInfo property in made.GetType().GetProperties().Where(one => one.SetMethod is { IsPublic: true })
        )
        {
            bool isRequired = property.IsDefined(typeof(RequiredMemberAttribute));
            if (!isRequired && (made.GetType().IsValueType || random.Next(4) != 0))
                continue;
            if (
                !isRequired
                && Nullability.Create(property).WriteState == NullabilityState.Nullable
                && random.Next(2) == 0
            )
                continue;
            object? value =
                property.PropertyType == typeof(string) && ApiScenes.IsPath(made.GetType(), property.Name)
                    ? scenes.Path(property.Name)
                    : Value(property.PropertyType, property.Name, isWild);
            property.SetValue(made, value);
        }
    }

    // Bytes, texts and JSON that the parsers' tests start from.
    private object? Seeded(ApiMember member, Type type, bool isWild)
    {
        IReadOnlyList<byte[]> seeds = ApiSeeds.Of(member);
        if (seeds.Count == 0 || random.Next(8) == 0)
            return null;
        byte[] seed = seeds[random.Next(seeds.Count)];
        if (isWild)
            seed =
                (random.Next(2) == 0 ? JsonMutator.Mutate(seed, seeds[random.Next(seeds.Count)], random) : null)
                ?? ByteMutator.Mutate(seed, seeds[random.Next(seeds.Count)], random);
        if (type == typeof(string))
            return Encoding.UTF8.GetString(seed);
        if (type == typeof(ReadOnlySpan<char>))
            return Encoding.UTF8.GetString(seed).ToCharArray();
        if (type == typeof(ReadOnlyMemory<byte>))
            return new ReadOnlyMemory<byte>(seed);
        if (type == typeof(ReadOnlySpan<byte>) || type == typeof(byte[]))
            return seed;
        return type == typeof(JsonValue) ? Json(seed) : null;
    }

    private static JsonValue? Json(byte[] text)
    {
        try
        {
            return JsonValue.Parse(text);
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    private byte[] Bytes(string name, bool isWild)
    {
        bool isSized =
            name.Contains("nonce", StringComparison.OrdinalIgnoreCase)
            || name.Contains("salt", StringComparison.OrdinalIgnoreCase)
            || name.Contains("seed", StringComparison.OrdinalIgnoreCase)
            || name.Contains("destination", StringComparison.OrdinalIgnoreCase);
        if (isSized || pool.Blobs.Count == 0 || random.Next(4) == 0)
        {
            var bytes = new byte[Sizes[random.Next(Sizes.Length)]];
            random.NextBytes(bytes);
            return bytes;
        }
        byte[] blob = pool.Blobs[random.Next(pool.Blobs.Count)];
        return isWild ? ByteMutator.Mutate(blob, pool.Blobs[random.Next(pool.Blobs.Count)], random) : blob;
    }

    private object EnumOf(Type type, bool isWild)
    {
        Array all = Enum.GetValues(type);
        return isWild && random.Next(2) == 0
            ? Enum.ToObject(type, random.Next(-2, 300) & (Marshalled(type) == 1 ? 255 : -1))
            : all.GetValue(random.Next(all.Length))!;
    }

    private static int Marshalled(Type type) =>
        System.Runtime.InteropServices.Marshal.SizeOf(Enum.GetUnderlyingType(type));

    // What .NET has.
    private object? Outside(Type type, string name, bool isWild)
    {
        if (type == typeof(TimeProvider))
            return TimeProvider.System;
        if (type == typeof(Stream))
            return new MemoryStream(Bytes(name, isWild));
        if (type == typeof(IBufferWriter<byte>))
            return new ArrayBufferWriter<byte>();
        if (type == typeof(ILogger))
            return NullLogger.Instance;
        if (type == typeof(EventId))
            return new EventId(random.Next(9000));
        if (type == typeof(Uri))
            return ApiScenes.Address(isWild);
        if (type == typeof(Exception))
            return new IOException("planted");
        if (type == typeof(object))
            return pool.Scalar<string>(name) ?? "something";
        if (type == typeof(FormattableString))
            return FormattableStringFactory.Create("tessraxctl show {0} {1}", Text(name, isWild), 7);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IProgress<>))
            return Activator.CreateInstance(typeof(NoProgress<>).MakeGenericType(type.GetGenericArguments()));
        return null;
    }

    private static bool MayBeNull(ParameterInfo parameter) =>
        Nullable.GetUnderlyingType(parameter.ParameterType) is not null
        || (
            !parameter.ParameterType.IsValueType
            && Nullability.Create(parameter).WriteState == NullabilityState.Nullable
        );

    private static object? Default(Type type) =>
        ApiCalls.SpanOf(type) is { } element ? Array.CreateInstance(element, 0)
        : !type.IsValueType || Nullable.GetUnderlyingType(type) is not null ? null
        : RuntimeHelpers.GetUninitializedObject(type);

    private static object Convert(object usual, Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare.IsEnum ? Enum.ToObject(bare, usual) : usual;
    }

    private sealed class NoProgress<T> : IProgress<T>
    {
        public void Report(T value) { }
    }
}
